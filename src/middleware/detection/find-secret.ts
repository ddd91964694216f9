import { isAlphanumeric, isDigit, isTokenPart } from './characters.ts';
import type { Finder } from './finder.ts';
import { hasToken } from './outline.ts';
import { secretForms, secretNames, type SecretForm } from './secret-forms.ts';

/** Keys and tokens of clouds and services, private keys in PEM, and what stands behind the name of a key. */
export const findSecret: Finder = {
  needs: hasToken,
  find(text, _place, report) {
    let at = 0;
    while (at < text.length) {
      if (!isTokenPart(text.charCodeAt(at))) {
        at += 1;
        continue;
      }
      const end = tokenEnd(text, at);
      const found = formSpan(text, at, end) ?? pemSpan(text, at) ?? namedSpan(text, at, end);
      if (found !== undefined) report(...found);
      at = found === undefined ? end : Math.max(end, found[1]);
    }
  },
};

type Span = readonly [start: number, end: number];

function tokenEnd(text: string, from: number): number {
  let end = from;
  while (isTokenPart(text.charCodeAt(end))) end += 1;
  return end;
}

function formSpan(text: string, at: number, end: number): Span | undefined {
  const form = secretForms.get(text.charCodeAt(at))?.find(({ prefix }) => text.startsWith(prefix, at));
  if (form === undefined || !fits(text, form, at + form.prefix.length, end)) return undefined;
  const { parts = 0, leastPart = 0 } = form;
  let last = end;
  for (let part = 0; part < parts; part += 1) {
    const next = text[last] === '.' ? tokenEnd(text, last + 1) : last;
    if (next - last - 1 < leastPart) return undefined;
    last = next;
  }
  return [at, last];
}

function fits(
  text: string,
  { least, most = Infinity, made }: SecretForm,
  from: number,
  end: number,
): boolean {
  if (end - from < least || end - from > most) return false;
  if (made === 'any') return true;
  const isAllowed = made === 'capital' ? isCapital : isAlphanumeric;
  for (let at = from; at < end; at += 1) if (!isAllowed(text.charCodeAt(at))) return false;
  return true;
}

const isCapital = (code: number): boolean => isDigit(code) || (code >= 65 && code <= 90);

/** To the end of the key, or of the text where it is cut off. */
function pemSpan(text: string, at: number): Span | undefined {
  if (!text.startsWith('-----BEGIN', at)) return undefined;
  if (!/^-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY-----/.test(text.slice(at, at + 64))) return undefined;
  const mark = text.indexOf('-----END ', at);
  const close = mark === -1 ? -1 : text.indexOf('-----', mark + 9);
  return [at, close === -1 ? text.length : close + 5];
}

const nameLengths = new Set([...secretNames.keys()].map(({ length }) => length));
const mostBetween = 6;

function namedSpan(text: string, at: number, end: number): Span | undefined {
  const length = nameLengths.has(end - at) ? secretNames.get(text.slice(at, end).toLowerCase()) : undefined;
  if (length === undefined) return undefined;
  let start = end;
  while (start - end < mostBetween && start < text.length && `"' :=`.includes(text.charAt(start))) start += 1;
  let last = start;
  while (last - start <= length + 2 && isKeyPart(text.charCodeAt(last))) last += 1;
  const isKey = start > end && last - start >= length && last - start <= length + 2;
  return isKey ? [start, last] : undefined;
}

/** Of base64, with its padding. */
const isKeyPart = (code: number): boolean =>
  isAlphanumeric(code) || code === 43 || code === 47 || code === 61;
