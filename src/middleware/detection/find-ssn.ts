import { digitsFrom, isAlphanumeric } from './characters.ts';
import type { Finder } from './finder.ts';
import { hasDigits } from './outline.ts';

const context = /\bssn|ssn\b|social.?security|soc\.? sec/;

/** How far before a number the words may stand that make it one. */
const reach = 40;

/**
 * Numbers of the US Social Security that could have been issued, where the name of the column or the words before
 * say that it is one: nine digits alone are anything.
 */
export const findSsn: Finder = {
  needs: hasDigits,
  find(text, place, report) {
    for (let at = 0; at + 9 <= text.length; at += 1) {
      const length = digitsFrom(text, at, 9);
      if (length === 0) continue;
      const end = length <= 9 && !isJoined(text, at - 1) ? ssnEnd(text, at, length) : undefined;
      if (end !== undefined && context.test(`${place} ${wordsBefore(text, at)}`)) report(at, end);
      at += length;
    }
  },
};

const wordsBefore = (text: string, at: number): string =>
  text
    .slice(Math.max(0, at - reach), at)
    .toLowerCase()
    .replaceAll('_', ' ');

const isJoined = (text: string, at: number): boolean =>
  isAlphanumeric(text.charCodeAt(at)) || text[at] === '-';

function ssnEnd(text: string, at: number, length: number): number | undefined {
  if (length === 9) return issued(text.slice(at, at + 9)) && !isJoined(text, at + 9) ? at + 9 : undefined;
  const separator = text[at + 3];
  if (length !== 3 || (separator !== '-' && separator !== ' ') || text[at + 6] !== separator)
    return undefined;
  if (digitsFrom(text, at + 4, 2) !== 2 || digitsFrom(text, at + 7, 4) !== 4 || isJoined(text, at + 11))
    return undefined;
  const digits = text.slice(at, at + 3) + text.slice(at + 4, at + 6) + text.slice(at + 7, at + 11);
  return issued(digits) ? at + 11 : undefined;
}

/** Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never given. */
function issued(digits: string): boolean {
  const area = digits.slice(0, 3);
  return (
    area !== '000' &&
    area !== '666' &&
    area < '900' &&
    digits.slice(3, 5) !== '00' &&
    digits.slice(5) !== '0000'
  );
}
