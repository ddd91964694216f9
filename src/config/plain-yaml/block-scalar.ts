import { lineEnd, NotPlain, type Cursor } from './cursor.ts';
import { take } from './scalar.ts';

const header = /[|>]-? *\n/y;

/** `|` or `>`, in the forms that fold and chomp without surprises. */
export function readBlockScalar(cursor: Cursor, column: number): string {
  const [style, chomp] = take(header, cursor);
  const lines = readLines(cursor, column);
  const isOdd = style === '>' && lines.some((line) => line === '' || line.startsWith(' '));
  if (isOdd) throw new NotPlain();
  return lines.join(style === '>' ? ' ' : '\n') + (chomp === '-' ? '' : '\n');
}

/** Without their indentation, and without empty ones at the end. Leaves the cursor before the end of the last. */
function readLines(cursor: Cursor, column: number): readonly string[] {
  const { text } = cursor;
  const indentation = indentationAt(cursor);
  if (indentation <= column || text[cursor.at + indentation] === '\n') throw new NotPlain();
  const lines: string[] = [];
  let last = cursor.at;
  while (cursor.at < text.length) {
    const end = lineEnd(cursor);
    const line = text.slice(cursor.at, end);
    const blank = line.trimStart() === '';
    if (blank && line.length > indentation) throw new NotPlain();
    const here = indentationAt(cursor);
    if (!blank && here <= column) break;
    if (!blank && here < indentation) throw new NotPlain();
    if (end === text.length) throw new NotPlain();
    lines.push(blank ? '' : line.slice(indentation));
    if (!blank) last = end;
    cursor.at = end + 1;
  }
  cursor.at = last;
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function indentationAt({ text, at }: Cursor): number {
  let end = at;
  while (text.charCodeAt(end) === 32) end += 1;
  return end - at;
}
