/** Changes of a text that a reader may take differently from another. */
import type { Choices } from './grammar/choices.ts';

const blanks = [
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\r',
  '\v',
  '\f',
  '\0',
  '\uFEFF',
  '\u00A0',
  '\u200B',
  '\u2028',
  '\u3000',
  '\uD800',
  '\uDC00',
];

const marks = [
  "'",
  '"',
  '`',
  "'''",
  '"""',
  '\\',
  "\\'",
  '\\`',
  "r'",
  "b'",
  "rb'",
  "br'''",
  "r'\\'",
  '--',
  '#',
  '/*',
  '*/',
  '/**/',
  '-- \r',
  '# `\n',
  "/* ' */",
  '/*/',
  '--\n',
  ';',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  '.',
  '..',
  '*',
  '-',
  '+',
  '@',
  '@@',
  '@{a=1}',
  '$',
  '?',
  ':',
  '=',
  '=>',
  '->',
  '|>',
  '||',
  '|',
  '<',
  '>',
  '!',
  '0',
  '1e',
  '0x',
  '1.',
  '.5',
  '1e5',
  '٣',
  'а',
  'ａ',
  'ſ',
  'K',
  'İ',
  'é',
  '\u{1F600}',
];

const words = [
  'AS',
  'FROM',
  'SELECT',
  'WHERE',
  'JOIN',
  'ON',
  'USING',
  'GROUP BY',
  'ORDER BY',
  'LIMIT 1',
  'UNION ALL',
  'EXCEPT DISTINCT',
  'WITH',
  'RECURSIVE',
  'NOT',
  'CASE',
  'END',
  'NULL',
  'AND',
  'OR',
  'IN',
  'IS',
  'DISTINCT',
  'ALL',
  'PIVOT',
  'QUALIFY TRUE',
  'WINDOW',
  'TABLESAMPLE',
  'OVER ()',
  'INTERVAL',
  'DATE',
  'CAST',
  'UNNEST',
  'EXISTS',
  'VALUE',
  'STRUCT',
  'FROM customers',
  'JOIN orders ON TRUE',
  ', orders',
  '(SELECT 1 FROM orders)',
  '|> WHERE TRUE',
  '|> JOIN orders USING (id)',
  '#legacySQL\n',
  '#standardSQL\n',
  '/* sql-parser-cst-disable */',
  '/* sql-parser-cst-enable */',
  "r'\\'' || '",
  '`a\\`b`',
  '`us\\u0065rs`',
  '`p.shop.orders`',
];

const pieces: readonly string[] = [...blanks, ...marks, ...words];

/** The text with one change. `other` is a text from which a part may be taken. */
export function mutate(choices: Choices, text: string, other: string): string {
  const at = choices.below(text.length + 1);
  const size = 1 + choices.below(choices.oneIn(4) ? 60 : 6);
  const before = text.slice(0, at);
  const after = text.slice(at);
  const token = /\w+|\s+|[^\w\s]/y;
  const boundary = nextBoundary(token, text, at);
  return choices.from(
    () => before + (choices.of(pieces) ?? '') + after,
    () => text.slice(0, boundary) + ` ${choices.of(words) ?? ''} ` + text.slice(boundary),
    () => text.slice(0, boundary) + (choices.of(pieces) ?? '') + text.slice(boundary),
    () => before + after.slice(size),
    () => before + flipped(after.slice(0, size)) + after.slice(size),
    () => swapped(choices, text),
    () => before + part(choices, other, size * 4) + after,
    () => text.slice(0, boundary) + ` ${part(choices, other, size * 8)} ` + text.slice(boundary),
    () => before + after.slice(0, size) + after,
    () =>
      text.replaceAll(/\s+/gu, (blank) =>
        choices.oneIn(3) ? (choices.of([' /**/ ', ' -- x\n', '\r\n', ' # y\n', '\t']) ?? '') : blank,
      ),
    () => text.replace(/'[^'\n]*'/u, (literal) => (choices.of(['r', 'b', 'R', 'rb', "''"]) ?? '') + literal),
    () => text.replace(/\b[a-z_]\w*\b/iu, (name) => `\`${name}\``),
    () => requoted(choices, text),
  )();
}

function nextBoundary(token: RegExp, text: string, at: number): number {
  token.lastIndex = at;
  return token.test(text) ? token.lastIndex : text.length;
}

function flipped(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}

function part(choices: Choices, text: string, size: number): string {
  const start = choices.below(text.length + 1);
  return text.slice(start, start + size);
}

function swapped(choices: Choices, text: string): string {
  const tokens = text.match(/\w+|\s+|[^\w\s]/gu) ?? [];
  const a = choices.below(tokens.length + 1);
  const b = choices.below(tokens.length + 1);
  return tokens
    .map((token, index) => (index === a ? tokens[b] : index === b ? tokens[a] : token) ?? token)
    .join('');
}

/** A name somewhere in quotes, with one letter as an escape. */
function requoted(choices: Choices, text: string): string {
  const names = [...text.matchAll(/\b[a-z_]\w+\b/giu)];
  const found = choices.of(names);
  if (found === undefined) return text;
  const [name] = found;
  const letter = name.charCodeAt(0).toString(16).padStart(4, '0');
  const quoted = choices.from(`\`${name}\``, `\`\\u${letter}${name.slice(1)}\``, `\`${name.toUpperCase()}\``);
  return text.slice(0, found.index) + quoted + text.slice(found.index + name.length);
}
