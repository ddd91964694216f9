import { isDigit, isTokenPart } from './characters.ts';

/** An `@`. */
export const hasAt = 1;
/** Eight digits or more, wherever they stand. */
export const hasDigits = 2;
/** Three dots and four digits, or two colons. */
export const hasAddress = 4;
/** Ten characters or more of a token in a row. */
export const hasToken = 8;

const [other, letter, digit, dot, colon, sign] = [0, 1, 2, 3, 4, 5] as const;

/** What each character of ASCII is for the outline: one look-up for each, since every text is read. */
const kinds = Uint8Array.from({ length: 128 }, (_each, code) => {
  if (isDigit(code)) return digit;
  if (isTokenPart(code)) return letter;
  return code === 46 ? dot : code === 58 ? colon : code === 64 ? sign : other;
});

/** What a text holds, in one pass, so that most texts are searched for nothing else. */
export function outline(text: string): number {
  let digits = 0;
  let dots = 0;
  let colons = 0;
  let run = 0;
  let traits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const kind = kinds[text.charCodeAt(at)];
    if (kind === letter || kind === digit) {
      run += 1;
      if (run === 10) traits |= hasToken;
      if (kind === digit) digits += 1;
      continue;
    }
    run = 0;
    if (kind === dot) dots += 1;
    else if (kind === colon) colons += 1;
    else if (kind === sign) traits |= hasAt;
  }
  if (digits >= 8) traits |= hasDigits;
  if ((dots >= 3 && digits >= 4) || colons >= 2) traits |= hasAddress;
  return traits;
}
