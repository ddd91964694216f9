import { isIPv6 } from 'node:net';
import { digitsFrom, isAlphanumeric, isDigit, isHexadecimal, isLetter } from './characters.ts';
import type { Finder } from './finder.ts';
import { hasAddress } from './outline.ts';

/** Addresses of IPv4 and IPv6, but for those that identify nobody: networks, masks and loopback. */
export const findIp: Finder = {
  needs: hasAddress,
  find(text, _place, report) {
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (!isHexadecimal(code) && code !== 58) continue;
      if (isInWord(text, at)) continue;
      const end = (isDigit(code) ? fourEnd(text, at) : undefined) ?? sixEnd(text, at);
      if (end === undefined) continue;
      report(at, end);
      at = end;
    }
  },
};

function isInWord(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (isAlphanumeric(before) || before === 95 || before === 58) return true;
  return before === 46 && isAlphanumeric(text.charCodeAt(at - 2));
}

function fourEnd(text: string, start: number): number | undefined {
  const numbers: number[] = [];
  let at = start;
  for (let place = 0; place < 4; place += 1) {
    const length = digitsFrom(text, at, 3);
    if (length === 0 || length > 3 || (length > 1 && text[at] === '0')) return undefined;
    numbers.push(Number(text.slice(at, at + length)));
    at += length;
    if (place < 3 && text[at] !== '.') return undefined;
    if (place < 3) at += 1;
  }
  return isOver(text, at) && isSomebody(numbers) && !isVersion(text, start) ? at : undefined;
}

/** `1.2.3.4.5` and `1.2.3.4-beta` are versions. */
function isOver(text: string, end: number): boolean {
  const next = text.charCodeAt(end);
  if (isAlphanumeric(next) || next === 95) return false;
  const isJoined = next === 46 || next === 45;
  const after = text.charCodeAt(end + 1);
  return !isJoined || !(next === 46 ? isAlphanumeric(after) : isLetter(after));
}

function isSomebody(numbers: readonly number[]): boolean {
  const [first = 0, , third, fourth] = numbers;
  if (numbers.some((number) => number > 255)) return false;
  return first !== 0 && first !== 127 && first !== 255 && !(third === 0 && fourth === 0);
}

const versionWords = /(?:version|ver\.?|release|build|revision|rev\.?)[\s:=#]*$/i;

const isVersion = (text: string, start: number): boolean =>
  versionWords.test(text.slice(Math.max(0, start - 16), start));

const longestSix = 45;

function sixEnd(text: string, start: number): number | undefined {
  let end = start;
  let colons = 0;
  while (end - start <= longestSix && isSixPart(text.charCodeAt(end))) {
    if (text.charCodeAt(end) === 58) colons += 1;
    end += 1;
  }
  if (colons < 2 || end - start > longestSix || isAlphanumeric(text.charCodeAt(end))) return undefined;
  while (text[end - 1] === '.' || (text[end - 1] === ':' && text[end - 2] !== ':')) end -= 1;
  return isSix(text.slice(start, end)) ? end : undefined;
}

const isSixPart = (code: number): boolean => isHexadecimal(code) || code === 58 || code === 46;

/** Eight pairs are the name of a device; `a::b` stands in programs. */
function isSix(address: string): boolean {
  const groups = address.split(':').filter((group) => group !== '');
  const isLong = groups.length >= 3 || address.includes('.');
  if (!isLong || !isIPv6(address)) return false;
  return /\d/.test(address) && !(groups.length === 8 && groups.every(({ length }) => length === 2));
}
