/** Where a reader of the plain subset of YAML stands. */
export interface Cursor {
  readonly text: string;
  at: number;
}

/** The text uses more of YAML than the subset has, or is wrong; another reader has to say which. */
export class NotPlain extends Error {
  override name = 'NotPlain';
}

export const newline = 10;
const space = 32;
const hash = 35;

export function skipSpaces(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.at) === space) cursor.at += 1;
}

/**
 * Goes to the next character that is neither space, comment nor end of line, and says how far behind the beginning of
 * its line it stands; -1 at the end of the text.
 */
export function nextToken(cursor: Cursor): number {
  const { text } = cursor;
  for (;;) {
    skipSpaces(cursor);
    const code = text.charCodeAt(cursor.at);
    if (code === hash && !isBehindBlank(cursor)) throw new NotPlain();
    if (code !== hash && code !== newline) break;
    cursor.at = code === hash ? lineEnd(cursor) : cursor.at + 1;
  }
  return cursor.at >= text.length ? -1 : cursor.at - (text.lastIndexOf('\n', cursor.at - 1) + 1);
}

/** Behind a value nothing but a comment may stand in its line. */
export function endLine(cursor: Cursor): void {
  const from = cursor.at;
  skipSpaces(cursor);
  const code = cursor.text.charCodeAt(cursor.at);
  if (Number.isNaN(code) || code === newline) return;
  if (code !== hash || cursor.at === from) throw new NotPlain();
  cursor.at = lineEnd(cursor);
}

export function lineEnd({ text, at }: Cursor): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function isBehindBlank({ text, at }: Cursor): boolean {
  const code = text.charCodeAt(at - 1);
  return at === 0 || code === space || code === newline;
}
