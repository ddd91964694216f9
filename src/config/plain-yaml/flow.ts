import { endLine, newline, nextToken, NotPlain, skipSpaces, type Cursor } from './cursor.ts';
import { deepest, isQuote, readKey, readQuoted, resolveScalar, setEntry, take } from './scalar.ts';

/** Flow collections within a block have to be indented further than the block. */
export interface FlowPlace {
  readonly indent: number;
  readonly depth: number;
}

/** `[a, b]` or `{ a: 1 }`, over one line or several. */
export function readFlow(cursor: Cursor, place: FlowPlace): unknown {
  if (place.depth > deepest) throw new NotPlain();
  const inner = { indent: place.indent, depth: place.depth + 1 };
  return cursor.text[cursor.at] === '[' ? readList(cursor, inner) : readMapping(cursor, inner);
}

function readList(cursor: Cursor, place: FlowPlace): unknown[] {
  const items: unknown[] = [];
  cursor.at += 1;
  for (;;) {
    skip(cursor, place);
    if (took(cursor, ']')) return items;
    items.push(readValue(cursor, place));
    skip(cursor, place);
    if (took(cursor, ']')) return items;
    if (!took(cursor, ',')) throw new NotPlain();
  }
}

function readMapping(cursor: Cursor, place: FlowPlace): Record<string, unknown> {
  const entries: Record<string, unknown> = {};
  cursor.at += 1;
  for (;;) {
    skip(cursor, place);
    if (took(cursor, '}')) return entries;
    const isQuoted = isQuote(cursor);
    const key = readKey(cursor);
    if (!took(cursor, ':')) throw new NotPlain();
    const code = cursor.text.charCodeAt(cursor.at);
    if (!isQuoted && code !== 32 && code !== newline) throw new NotPlain();
    skip(cursor, place);
    setEntry(entries, key, readValue(cursor, place));
    skip(cursor, place);
    if (took(cursor, '}')) return entries;
    if (!took(cursor, ',')) throw new NotPlain();
  }
}

function took(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

/** Starts with no indicator, ends before one; a colon or hash within a word belongs to it. */
const plain = /(?:[^\s,[\]{}:#"'&*!|>%@`?=-]|-(?=[^\s,[\]{}]))(?:[^\n,[\]{}:#]|:(?![\s,[\]{}"'])|(?<! )#)*/y;

function readValue(cursor: Cursor, place: FlowPlace): unknown {
  const character = cursor.text[cursor.at];
  if (character === '[' || character === '{') return readFlow(cursor, place);
  if (isQuote(cursor)) return readQuoted(cursor);
  return resolveScalar(take(plain, cursor).trimEnd());
}

/** To the next token, which may stand in a later line. */
function skip(cursor: Cursor, { indent }: FlowPlace): void {
  skipSpaces(cursor);
  const code = cursor.text.charCodeAt(cursor.at);
  if (code !== newline && code !== 35) return;
  endLine(cursor);
  if (nextToken(cursor) <= indent) throw new NotPlain();
}
