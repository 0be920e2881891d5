import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, open, rm, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { SandboxError } from '../error.ts';
import type { ImageStore } from '../model/ports.ts';
import { type BundleManifest, readManifest } from './bundle.ts';
import type { Serve } from './http-front.ts';

/** What a template boots from: a bundle as a process, a qcow2 disk as a virtual machine. */
export type DiskImage =
  | { readonly kind: 'bundle'; readonly file: string; readonly manifest: BundleManifest }
  | { readonly kind: 'qcow2'; readonly file: string };

export interface DiskImageStore extends ImageStore, Disposable {
  fetch(
    url: string,
    checksum: string,
  ): Promise<{ readonly sizeBytes: number; readonly image: DiskImage }>;
  /** What is under `https://host/…` is fetched from `origin` instead. */
  alias(host: string, origin: string): void;
  publish(image: unknown): Promise<string>;
  /** Answers for what is published, which is below `/_exports/`. */
  readonly serve: Serve;
  /** Where {@link serve} is reached: `http://127.0.0.1:port`. */
  publishAt(origin: string): void;
  /** Stops downloads under way. The files stay: their folder belongs to the caller. */
  close(): void;
}

interface Download {
  readonly file: string;
  readonly sizeBytes: number;
  readonly md5: string;
}

const gzipMagic = Buffer.from([0x1f, 0x8b]);
const qcow2Magic = Buffer.from('QFI\xfb', 'latin1');

/** Keeps images as files in `folder`; memory use does not depend on their size. */
export function createDiskImageStore(folder: string): DiskImageStore {
  const closing = new AbortController();
  const aliases = new Map<string, string>();

  async function fetchImage(url: string, checksum: string) {
    const source = loopbackUrl(url, aliases);
    const download = await downloadImage(source, join(folder, randomUUID()), closing.signal);
    try {
      return { sizeBytes: download.sizeBytes, image: await accept(download, checksum) };
    } catch (error) {
      await rm(download.file, { force: true });
      throw error;
    }
  }

  let publicOrigin = '';
  const exported = new Map<string, string>();

  /** A link: the image may be released before it is fetched. */
  async function publish(image: unknown): Promise<string> {
    if (image === undefined)
      throw unreachable('Cannot export: there is no disk behind its template');
    const path = `/_exports/${randomUUID()}`;
    const file = join(folder, randomUUID());
    await link((image as DiskImage).file, file);
    exported.set(path, file);
    return `${publicOrigin}${path}`;
  }

  const serve: Serve = async (request, response) => {
    const file = exported.get(request.url ?? '');
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { size } = await stat(file);
    response.writeHead(200, { 'content-length': size, 'content-type': 'application/octet-stream' });
    await pipeline(createReadStream(file), response);
  };

  function release(image: unknown): void {
    // A folder that is being removed as a whole makes this fail, and needless.
    rm((image as DiskImage).file, { force: true }).catch(() => undefined);
  }

  const close = () => closing.abort();
  return {
    fetch: fetchImage,
    release,
    publish,
    serve,
    publishAt: (origin) => {
      publicOrigin = origin;
    },
    alias: (host, origin) => void aliases.set(host, origin),
    close,
    [Symbol.dispose]: close,
  };
}

async function downloadImage(source: URL, file: string, signal: AbortSignal): Promise<Download> {
  const name = `"${source.origin}${source.pathname}"`;
  const hash = createHash('md5');
  let sizeBytes = 0;
  try {
    const response = await fetch(source, { redirect: 'error', signal });
    if (!response.ok || response.body === null) {
      throw unreachable(`Cannot fetch image ${name}: status ${response.status}`);
    }
    await pipeline(
      Readable.fromWeb(response.body as ReadableStream),
      async function* measure(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          sizeBytes += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(file, { flags: 'wx', mode: 0o600 }),
      { signal },
    );
  } catch (error) {
    await rm(file, { force: true });
    if (error instanceof SandboxError) throw error;
    throw unreachable(`Cannot fetch image ${name}: ${rootCause(error)}`, error);
  }
  return { file, sizeBytes, md5: hash.digest('hex') };
}

async function accept({ file, md5 }: Download, checksum: string): Promise<DiskImage> {
  if (md5 !== checksum.toLowerCase()) {
    throw new SandboxError(
      'image-invalid',
      `Image does not match its checksum "${checksum}": it has md5 ${md5}`,
    );
  }
  const magic = await firstBytes(file, 4);
  if (magic.subarray(0, 2).equals(gzipMagic)) {
    return { kind: 'bundle', file, manifest: await readManifest(file) };
  }
  if (magic.equals(qcow2Magic)) return { kind: 'qcow2', file };
  throw new SandboxError(
    'image-invalid',
    'Image is neither a bundle (.tar.gz) nor a qcow2 disk: its first bytes are ' +
      `"${magic.toString('hex')}"`,
  );
}

async function firstBytes(file: string, length: number): Promise<Buffer> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

/** The sandbox reaches nothing but this machine. */
function loopbackUrl(text: string, aliases: ReadonlyMap<string, string>): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const alias = url?.protocol === 'https:' ? aliases.get(url.host) : undefined;
  if (url !== undefined && alias !== undefined)
    return new URL(`${alias}${url.pathname}${url.search}`);
  if (url?.protocol !== 'http:' || !isLoopback(url.hostname)) {
    throw unreachable(
      `Cannot fetch image from ${url === undefined ? 'an invalid URL' : `"${url.origin}"`}: ` +
        'only http on a loopback address is allowed',
    );
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    (isIP(hostname) === 4 && hostname.startsWith('127.'))
  );
}

/** `fetch` says only "fetch failed"; the reason is one level down. */
function rootCause(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function unreachable(message: string, cause?: unknown): SandboxError {
  return new SandboxError('image-unreachable', message, { cause });
}
