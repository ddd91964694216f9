import { digitsFrom, isAlphanumeric, isDigit } from './characters.ts';
import type { Finder } from './finder.ts';
import { hasDigits } from './outline.ts';

/**
 * International numbers (`+49 170 1234567`, `0049-170-…`, ITU-T E.164), and American ones in their own form
 * (`(415) 555-2671`). Digits without any form are anything.
 */
export const findPhone: Finder = {
  needs: hasDigits,
  find(text, _place, report) {
    for (let at = 0; at + 8 < text.length; at += 1) {
      const end = phoneEnd(text, at);
      if (end === undefined) continue;
      report(at, end);
      at = end;
    }
  },
};

function phoneEnd(text: string, at: number): number | undefined {
  const code = text.charCodeAt(at);
  if (code !== 43 && code !== 40 && !isDigit(code)) return undefined;
  const before = text.charCodeAt(at - 1);
  if (isAlphanumeric(before) || before === 46 || before === 43 || before === 95) return undefined;
  if (code === 43) return internationalEnd(text, at + 1, false);
  if (before === 45) return undefined;
  if (code === 48 && text[at + 1] === '0') return internationalEnd(text, at + 2, true);
  return americanEnd(text, at);
}

const isSeparator = (code: number): boolean =>
  code === 32 || code === 160 || code === 45 || code === 46 || code === 40 || code === 41 || code === 47;

const mostDigits = 15;

function internationalEnd(text: string, start: number, mustBeSeparated: boolean): number | undefined {
  let [at, end, digits, separators, gap] = [start, start, '', '', 0];
  while (digits.length < mostDigits + 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      digits += text.charAt(at);
      gap = 0;
      end = at + 1;
    } else if (isSeparator(code) && gap < 2) {
      separators += text.charAt(at);
      gap += 1;
    } else break;
    at += 1;
  }
  if (digits.length > mostDigits || isAlphanumeric(text.charCodeAt(end))) return undefined;
  const isSeparated = separators.length > gap;
  // One dot makes a decimal number.
  if (separators.slice(0, separators.length - gap) === '.') return undefined;
  if (!isSeparated && (mustBeSeparated || digits.length < 10)) return undefined;
  return isNumber(digits) ? end : undefined;
}

/** Country calling codes that are given out (ITU-T E.164, list of 2016 and later), as ranges. */
const codes = new Set(
  `7 20 27 30-34 36 39-41 43-49 51-58 60-66 81 82 84 86 90-95 98 211-213 216 218 220-269 290 291 297-299 350-359 370-389
  420 421 423 500-509 590-599 670 672-692 850 852 853 855 856 880 886 960-968 970-977 992-996 998`
    .split(/\s+/)
    .flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_each, index) => String(from + index));
    }),
);

function isNumber(digits: string): boolean {
  if (digits.startsWith('1')) return digits.length === 11 && isAmerican(digits.slice(1));
  if (digits.startsWith('7') && digits.length !== 11) return false;
  return digits.length >= 8 && [1, 2, 3].some((length) => codes.has(digits.slice(0, length)));
}

/** `(415) 555-2671`, `415-555-2671`, `415.555.2671`, also after `1-`. */
function americanEnd(text: string, start: number): number | undefined {
  const isLong =
    text[start] === '1' && (text[start + 1] === '-' || text[start + 1] === '.' || text[start + 1] === ' ');
  const isBracketed = text[isLong ? start + 2 : start] === '(';
  const area = (isLong ? start + 2 : start) + (isBracketed ? 1 : 0);
  if (digitsFrom(text, area, 3) !== 3 || (isBracketed && text[area + 3] !== ')')) return undefined;
  const separator = isBracketed ? '-' : text[area + 3];
  if (separator !== '-' && separator !== '.') return undefined;
  const exchange = area + 4 + (isBracketed && text[area + 4] === ' ' ? 1 : 0);
  if (digitsFrom(text, exchange, 3) !== 3 || text[exchange + 3] !== separator) return undefined;
  const line = exchange + 4;
  const next = text.charCodeAt(line + 4);
  if (digitsFrom(text, line, 4) !== 4 || isAlphanumeric(next) || next === 45 || next === 95) return undefined;
  if (text[line + 4] === '.' && isDigit(text.charCodeAt(line + 5))) return undefined;
  const digits = text.slice(area, area + 3) + text.slice(exchange, exchange + 3) + text.slice(line, line + 4);
  return isAmerican(digits) ? line + 4 : undefined;
}

/** Neither area nor exchange begins with 0 or 1, and no area ends in 11. */
const isAmerican = (digits: string): boolean =>
  (digits[0] ?? '') >= '2' && (digits[3] ?? '') >= '2' && digits.slice(1, 3) !== '11';
