import { SandboxError } from '../error.ts';
import type { ImageStore } from '../model/ports.ts';
import type { Behaviour } from './behaviour.ts';

/** Answers at once. An address that is not listed stands for a guest with the default behaviour. */
export function createSimulatedImages(
  images: Readonly<Record<string, Partial<Behaviour> | 'unreachable'>> = {},
): ImageStore {
  return {
    async fetch(url) {
      const image = images[url] ?? {};
      if (image === 'unreachable') {
        throw new SandboxError('image-unreachable', `Cannot fetch image "${url}"`);
      }
      return { sizeBytes: 10 * 2 ** 30, image };
    },
    release() {},
  };
}
