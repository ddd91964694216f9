import { isDigit } from './characters.ts';
import { searchText, type Searching } from './search-text.ts';

/**
 * Searches the strings and numbers of a JSON text one by one, also where letters are written as escapes. What is not
 * found stays byte for byte, so that numbers beyond 2^53 keep their digits; a number becomes `null`.
 */
export function searchJson(text: string, place: string, searching: Searching): string {
  const parts: string[] = [];
  let [at, last, key] = [0, 0, ''];
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const isText = code === quote;
    const end = isText ? stringEnd(text, at) : isDigit(code) ? numberEnd(text, at) : at + 1;
    if (isText || isDigit(code)) {
      const start = !isText && text.charCodeAt(at - 1) === minus ? at - 1 : at;
      const value = isText ? stringOf(text.slice(at, end)) : text.slice(at, end);
      const shown = searchText(value, key === '' ? place : `${place} ${key}`, searching);
      if (shown !== value) {
        parts.push(text.slice(last, start), isText ? JSON.stringify(shown) : 'null');
        last = end;
      }
      key = isText && isKey(text, end) ? value.slice(0, longestKey).toLowerCase() : '';
    }
    at = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(last);
}

const quote = 34;
const backslash = 92;
const minus = 45;
const longestKey = 64;

/** Behind the closing quote. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1;
  return at + 1;
}

function numberEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && /[\d.eE+-]/.test(text.charAt(at))) at += 1;
  return at;
}

function stringOf(written: string): string {
  if (!written.includes('\\')) return written.slice(1, -1);
  const value: unknown = JSON.parse(written);
  return typeof value === 'string' ? value : written;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) === 32) at += 1;
  return text.charCodeAt(at) === 58;
}
