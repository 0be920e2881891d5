const CONTROL_PICTURES = 0x2400;
const REPLACEMENT = '\ufffd';

/**
 * Text without characters that XML 1.0 and TAP cannot carry. Control characters become their picture (`␛` for escape),
 * so that a colour code stays recognisable; tab and line breaks stay.
 */
export function printable(text: string): string {
  let result = '';
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 && !'\t\n\r'.includes(character)) {
      result += String.fromCodePoint(CONTROL_PICTURES + code);
    } else {
      // Two code points that are no characters at all, by XML 1.0 §2.2.
      result += code === 0xfffe || code === 0xffff ? REPLACEMENT : character;
    }
  }
  return result;
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll(/[\r\n\t\u0085\u2028\u2029]+/g, ' ');
}
