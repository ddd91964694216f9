import { isHexDigit } from './characters.ts';

/** The decoded text, or the offset of the escape that GoogleSQL does not know. */
export type Decoded = { readonly value: string } | { readonly badEscape: number };

const simple: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};

const digitCounts: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 };

const hexadecimal = (text: string, at: number, count: number): number => {
  for (let index = at; index < at + count; index += 1) if (!isHexDigit(text.charCodeAt(index))) return -1;
  return at + count <= text.length ? Number.parseInt(text.slice(at, at + count), 16) : -1;
};

const isOctal = (text: string, at: number): boolean => /^[0-3][0-7]{2}$/.test(text.slice(at, at + 3));

const isCharacter = (code: number): boolean =>
  code >= 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);

/** Reads one escape whose letter stands at `at`; the length includes the letter. */
const readEscape = (
  text: string,
  at: number,
  bytes: boolean,
): { value: string; length: number } | undefined => {
  const letter = text.charAt(at);
  const known = simple[letter];
  if (known !== undefined) return { value: known, length: 1 };
  if (isOctal(text, at))
    return { value: String.fromCharCode(Number.parseInt(text.slice(at, at + 3), 8)), length: 3 };
  const count = digitCounts[letter];
  if (count === undefined || (bytes && count > 2)) return undefined;
  const code = hexadecimal(text, at + 1, count);
  return isCharacter(code) ? { value: String.fromCodePoint(code), length: count + 1 } : undefined;
};

/** Decodes the backslash escapes of `text` (the part between the quotes). */
export const decodeEscapes = (text: string, bytes: boolean): Decoded => {
  let value = '';
  let from = 0;
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', from)) {
    const escape = readEscape(text, at + 1, bytes);
    if (escape === undefined) return { badEscape: at };
    value += text.slice(from, at) + escape.value;
    from = at + 1 + escape.length;
  }
  return { value: value + text.slice(from) };
};

/** One character per byte of the UTF-8 form; characters that came from escapes are bytes already. */
export const toBytes = (text: string): string =>
  isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');

const isAscii = (text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false;
  return true;
};
