import { isAlphanumeric, isDigit } from './characters.ts';
import type { Finder, Report } from './finder.ts';
import { hasDigits } from './outline.ts';

/** Numbers of payment cards: the digits of a known brand, in a usual grouping, with a right check digit (ISO/IEC 7812-1). */
export const findCard: Finder = {
  needs: hasDigits,
  find(text, _place, report) {
    let at = 0;
    while (at < text.length) {
      if (!isDigit(text.charCodeAt(at))) at += 1;
      else at = searchRun(text, at, report);
    }
  },
};

interface Group {
  readonly start: number;
  readonly end: number;
}

const fewestDigits = 14;
const mostDigits = 19;

/** Looks at the digits that single separators hold together; answers where they end. */
function searchRun(text: string, from: number, report: Report): number {
  let [end, digits] = [from, 0];
  for (let at = from; isDigit(text.charCodeAt(at)) || isSeparator(text.charCodeAt(at)); at += 1) {
    const isPart = isDigit(text.charCodeAt(at));
    if (!isPart && at > end) break;
    if (isPart) [end, digits] = [at + 1, digits + 1];
  }
  if (digits >= fewestDigits) searchGroups(text, groupsIn(text, from, end), report);
  return end;
}

function groupsIn(text: string, from: number, end: number): readonly Group[] {
  const groups: Group[] = [];
  for (let at = from; at < end; at += 1) {
    const start = at;
    while (at < end && isDigit(text.charCodeAt(at))) at += 1;
    groups.push({ start, end: at });
  }
  return groups;
}

function searchGroups(text: string, groups: readonly Group[], report: Report): void {
  for (let first = 0; first < groups.length; first += 1) {
    const last = cardEnd(text, groups, first);
    if (last === undefined) continue;
    report(groups[first]?.start ?? 0, groups[last]?.end ?? 0);
    first = last;
  }
}

/** Blank, no-break space, hyphen and dot. */
const isSeparator = (code: number): boolean => code === 32 || code === 160 || code === 45 || code === 46;

const groupings: readonly (readonly number[])[] = [
  [4, 4, 4, 4],
  [4, 4, 4, 4, 3],
  [4, 6, 5],
  [4, 6, 4],
];

/** The last of the groups that make a card's number from `first` on. */
function cardEnd(text: string, groups: readonly Group[], first: number): number | undefined {
  const own = groups[first];
  if (own === undefined || isWordPart(text.charCodeAt(own.start - 1))) return undefined;
  const length = own.end - own.start;
  if (length >= fewestDigits && length <= mostDigits)
    return isWhole(text, own) && isCard(text.slice(own.start, own.end)) ? first : undefined;
  for (const grouping of groupings) {
    const last = first + grouping.length - 1;
    const end = groups[last]?.end;
    const fits = grouping.every((size, index) => sizeOf(groups[first + index]) === size);
    if (!fits || end === undefined || isWordPart(text.charCodeAt(end))) continue;
    const digits = grouping.map((_size, index) => textOf(text, groups[first + index])).join('');
    if (isCard(digits)) return last;
  }
  return undefined;
}

const sizeOf = (group: Group | undefined): number => (group === undefined ? 0 : group.end - group.start);

const textOf = (text: string, group: Group | undefined): string =>
  group === undefined ? '' : text.slice(group.start, group.end);

const isWordPart = (code: number): boolean => isAlphanumeric(code) || code === 95;

/** Digits before or behind a decimal point are no card, and a number ends where its word ends. */
function isWhole(text: string, { start, end }: Group): boolean {
  if (isWordPart(text.charCodeAt(end))) return false;
  const isPoint = (at: number): boolean => text[at] === '.' || text[at] === ',';
  if (isPoint(start - 1) && isDigit(text.charCodeAt(start - 2))) return false;
  return !(isPoint(end) && isDigit(text.charCodeAt(end + 1)));
}

/** By the digits that a number begins with (ranges as the brands publish them), and by its length. */
const brands: readonly { readonly from: number; readonly to: number; readonly lengths: readonly number[] }[] =
  [
    { from: 4000, to: 4999, lengths: [16, 19] },
    { from: 5100, to: 5599, lengths: [16] },
    { from: 2221, to: 2720, lengths: [16] },
    { from: 3400, to: 3499, lengths: [15] },
    { from: 3700, to: 3799, lengths: [15] },
    { from: 3000, to: 3059, lengths: [14] },
    { from: 3600, to: 3699, lengths: [14] },
    { from: 3800, to: 3899, lengths: [14] },
    { from: 6011, to: 6011, lengths: [16, 17, 18, 19] },
    { from: 6440, to: 6599, lengths: [16, 17, 18, 19] },
    { from: 3528, to: 3589, lengths: [16, 17, 18, 19] },
    { from: 6200, to: 6299, lengths: [16, 17, 18, 19] },
    { from: 5018, to: 5018, lengths: [16, 17, 18, 19] },
    { from: 5020, to: 5020, lengths: [16, 17, 18, 19] },
    { from: 5038, to: 5038, lengths: [16, 17, 18, 19] },
    { from: 6304, to: 6304, lengths: [16, 17, 18, 19] },
    { from: 6759, to: 6763, lengths: [16, 17, 18, 19] },
  ];

function isCard(digits: string): boolean {
  const head = Number(digits.slice(0, 4));
  const isBrand = brands.some(
    ({ from, to, lengths }) => head >= from && head <= to && lengths.includes(digits.length),
  );
  return isBrand && hasRightCheckDigit(digits);
}

/** Luhn: every second digit from the right is doubled, and the sum is a multiple of ten. */
function hasRightCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    const counted = at % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}
