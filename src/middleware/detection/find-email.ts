import { isAlphanumeric, isDigit, isLatin, isLetter } from './characters.ts';
import type { Finder } from './finder.ts';
import { hasAt } from './outline.ts';

const longestLocal = 64;
const longestDomain = 255;

/** Addresses with a domain that ends in letters. What `emailMask` shows, `XXXXX@…`, is none. */
export const findEmail: Finder = {
  needs: hasAt,
  find(text, _place, report) {
    for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
      const start = localStart(text, at);
      const end = domainEnd(text, at + 1);
      if (start < at && isDomain(text.slice(at + 1, end)) && text.slice(start, at) !== 'XXXXX')
        report(start, end);
    }
  },
};

function localStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < longestLocal && isLocal(text.charCodeAt(start - 1))) start -= 1;
  while (start < at && text[start] === '.') start += 1;
  return start;
}

function domainEnd(text: string, from: number): number {
  let end = from;
  while (end - from < longestDomain && isDomainPart(text.charCodeAt(end))) end += 1;
  while (end > from && !isAlphanumeric(text.charCodeAt(end - 1)) && !isLatin(text.charCodeAt(end - 1)))
    end -= 1;
  return end;
}

/** Also `%`, `+`, `-`, `.` and `_`; what else the standard allows is the text around it more often. */
const isLocal = (code: number): boolean =>
  isAlphanumeric(code) ||
  isLatin(code) ||
  code === 37 ||
  code === 43 ||
  code === 45 ||
  code === 46 ||
  code === 95;

const isDomainPart = (code: number): boolean =>
  isAlphanumeric(code) || isLatin(code) || code === 45 || code === 46;

/** Endings of files: `icon@2x.png` is none. */
const files = new Set(['png', 'jpg', 'jpeg', 'gif', 'svg', 'webp', 'ico', 'css', 'js', 'json']);

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  const last = labels.at(-1) ?? '';
  const isTop = last.startsWith('xn--') || (last.length >= 2 && !hasNoLetter(last));
  // `package@1.0.0-beta.rc` is a version.
  const isVersion = isNumber(labels[0] ?? '') && isNumber(labels[1] ?? '');
  return (
    labels.length >= 2 &&
    labels.every((label) => label !== '') &&
    isTop &&
    !isVersion &&
    !files.has(last.toLowerCase())
  );
}

function hasNoLetter(label: string): boolean {
  for (let at = 0; at < label.length; at += 1) {
    const code = label.charCodeAt(at);
    if (!isLetter(code) && !isLatin(code)) return true;
  }
  return false;
}

function isNumber(label: string): boolean {
  for (let at = 0; at < label.length; at += 1) if (!isDigit(label.charCodeAt(at))) return false;
  return label !== '';
}
