import { BlockList, isIP } from 'node:net';

interface Block {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parseBlock(text: string): Block | undefined {
  const [address = '', bitsText, ...rest] = text.split('/');
  const version = isIP(address);
  const longest = version === 4 ? 32 : 128;
  const bits = bitsText === undefined ? longest : Number(bitsText);
  if (version === 0 || rest.length > 0 || bitsText === '') return undefined;
  if (!Number.isInteger(bits) || bits < 0 || bits > longest) return undefined;
  return { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** True for `127.0.0.0/8`, `127.0.0.1`, `::1/128` and the like. */
export function isAddressBlock(text: string): boolean {
  return parseBlock(text) !== undefined;
}

/** True when one of the blocks holds the address. No block at all binds nothing, and that is the caller's to know. */
export function blocksContain(blocks: readonly string[], address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  const version = isIP(plain);
  if (version === 0) return false;
  const list = new BlockList();
  for (const text of blocks) {
    const block = parseBlock(text);
    if (block !== undefined) list.addSubnet(block.address, block.bits, block.family);
  }
  return list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}

/** True when every inner block lies within one of the outer blocks. */
export function blocksCover(outer: readonly string[], inner: readonly string[]): boolean {
  return inner.every((innerText) =>
    outer.some((outerText) => {
      const innerBlock = parseBlock(innerText);
      const outerBlock = parseBlock(outerText);
      if (innerBlock === undefined || outerBlock === undefined) return false;
      return innerBlock.bits >= outerBlock.bits && blocksContain([outerText], innerBlock.address);
    }),
  );
}
