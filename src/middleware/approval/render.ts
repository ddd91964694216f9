/**
 * Text as an approver may safely look at it: what a screen would hide, reorder or let look like something
 * else is written out as `⟨U+202E⟩`. The mark's own brackets are written out too, so no text can fake one.
 */
export function renderSafely(text: string): string {
  const marked = text.replace(hidden, mark);
  return markLookalikes(marked).replace(longBlanks, shorten);
}

// Controls, formats (bidirectional, zero-width, tags), unassigned, private and lone surrogates, separators,
// fillers and selectors that show nothing, and marks that strike through ASCII or pile up.
const hidden = new RegExp(
  [
    '(?![\\n\\t])\\p{C}',
    '[\\p{Zl}\\p{Zp}⟨⟩]',
    '(?! )\\p{Zs}',
    '[\\u115F\\u1160\\u3164\\uFFA0\\u2800\\u034F\\u17B4\\u17B5\\u180B-\\u180D\\u180F\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]',
    '(?<=[\\x00-\\x7F])\\p{M}',
    '(?<=\\p{M}\\p{M})\\p{M}',
  ].join('|'),
  'gu',
);
const words = /[\p{L}\p{N}_]+/gu;
const asciiLetter = /[a-z]/i;
const foreignLetter =
  /(?![a-z])[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\u0131\uFF21-\uFF5A]/giu;
const longBlanks = / {41,}|\t{9,}|\n(?:[ \t]*\n){4,}/g;

function mark(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** A Cyrillic or Greek letter in a word with Latin ones is there to deceive. */
function markLookalikes(text: string): string {
  return text.replace(words, (word) => (asciiLetter.test(word) ? word.replace(foreignLetter, mark) : word));
}

/** A long run of blanks pushes the rest of the text out of sight. */
function shorten(blanks: string): string {
  const lines = blanks.split('\n').length - 1;
  if (lines > 0) return `\n⟨${lines - 1} blank lines⟩\n`;
  return `⟨${blanks.length} ${blanks.startsWith(' ') ? 'spaces' : 'tabs'}⟩`;
}
