/** What the code of a character, or NaN beyond the end of a text, stands for. */

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

export function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isLetter(code);
}

/** A letter, digit, `_` or `-`, of which keys and tokens are made. */
export function isTokenPart(code: number): boolean {
  return isAlphanumeric(code) || code === 95 || code === 45;
}

/** Letters of Latin alphabets beyond ASCII, as in names of people and domains. */
export function isLatin(code: number): boolean {
  return code >= 0xc0 && code <= 0x24f;
}

export function isHexadecimal(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

/** The number of digits from `at` on, counted up to `most` and one more. */
export function digitsFrom(text: string, at: number, most: number): number {
  let end = at;
  while (end - at <= most && isDigit(text.charCodeAt(end))) end += 1;
  return end - at;
}
