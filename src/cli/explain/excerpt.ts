import type { Range } from '../../sql/index.ts';

const mostLines = 3;
const tabWidth = 8;

/** The lines of a text that a range covers, with carets beneath what it covers; long ranges show their beginning. */
export function excerpt(text: string, range: Range): readonly string[] {
  const lines = linesOf(text).filter(({ start, end }) => start <= range.end && end >= range.start);
  const covered = lines.filter(({ start }, index) => index === 0 || start < range.end);
  const shown = covered.slice(0, mostLines).flatMap((line) => underlined(line, range));
  return covered.length > mostLines ? [...shown, '      | …'] : shown;
}

interface Line {
  readonly number: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function linesOf(text: string): readonly Line[] {
  let start = 0;
  return text.split('\n').map((part, index) => {
    const line = { number: index + 1, start, end: start + part.length, text: part.replace(/\r$/, '') };
    start += part.length + 1;
    return line;
  });
}

function underlined(line: Line, range: Range): readonly string[] {
  const from = Math.max(range.start - line.start, 0);
  const to = Math.min(range.end - line.start, line.text.length);
  const before = printed(line.text.slice(0, from), 0);
  const within = printed(line.text.slice(from, to), widthOf(before));
  const after = printed(line.text.slice(to), widthOf(before) + widthOf(within));
  const carets = '^'.repeat(Math.max(widthOf(within), 1));
  return [
    `${String(line.number).padStart(5)} | ${before}${within}${after}`,
    `      | ${' '.repeat(widthOf(before))}${carets}`,
  ];
}

// Controls, marks of direction and lone surrogates could forge or hide a part of what is shown.
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** The text as a terminal shows it: tabs as blanks, what cannot be seen as its number. */
function printed(text: string, column: number): string {
  let shown = '';
  for (const character of text) {
    if (character === '\t') shown += ' '.repeat(tabWidth - ((column + widthOf(shown)) % tabWidth));
    else shown += hidden.test(character) ? codeOf(character) : character;
  }
  return shown;
}

function codeOf(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
}

const mark = /\p{M}/u;
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]/u;

/** How many columns of a terminal a text takes. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += mark.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}

/** What comes out of a text, on one line, with nothing hidden in it. */
export function oneLine(text: string): string {
  return printed(text.replaceAll(/\s+/g, ' '), 0);
}
