import { drawBytes, drawId } from '../model/draw.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random-looking values that depend on nothing but the seed and a key. */
export interface Draws {
  /** A key that was never handed out before for this purpose. */
  fresh(purpose: string): string;
  base62(key: string, length: number): string;
  uuid(key: string): string;
}

/** Draws keyed by purpose, so that one more token does not change which secret id comes next. */
export function createDraws(seed: string): Draws {
  const counts = new Map<string, number>();

  return {
    fresh(purpose) {
      const count = (counts.get(purpose) ?? 0) + 1;
      counts.set(purpose, count);
      return `${purpose} ${count}`;
    },
    base62(key, length) {
      let text = '';
      for (let block = 0; text.length < length; block += 1) {
        for (const byte of drawBytes(seed, `vault ${key}`, `block ${block}`)) {
          text += BASE62.charAt(byte % BASE62.length);
        }
      }
      return text.slice(0, length);
    },
    uuid: (key) => drawId(seed, `vault ${key}`, 1),
  };
}
