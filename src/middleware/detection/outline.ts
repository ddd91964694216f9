import { isDigit, isTokenPart } from './characters.ts';

/** An `@`. */
export const hasAt = 1;
/** Eight digits or more, wherever they stand. */
export const hasDigits = 2;
/** Three dots and four digits, or two colons. */
export const hasAddress = 4;
/** Ten characters or more of a token in a row. */
export const hasToken = 8;

const dot = 46;
const colon = 58;

/** What a text holds, in one pass, so that most texts are searched for nothing else. */
export function outline(text: string): number {
  let [digits, dots, colons, run, traits] = [0, 0, 0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isTokenPart(code)) {
      run += 1;
      if (run >= 10) traits |= hasToken;
      if (isDigit(code)) digits += 1;
      continue;
    }
    run = 0;
    if (code === dot) dots += 1;
    else if (code === colon) colons += 1;
    else if (code === 64) traits |= hasAt;
  }
  if (digits >= 8) traits |= hasDigits;
  if ((dots >= 3 && digits >= 4) || colons >= 2) traits |= hasAddress;
  return traits;
}
