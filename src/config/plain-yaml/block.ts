import { endLine, lineEnd, newline, nextToken, NotPlain, skipSpaces, type Cursor } from './cursor.ts';
import { readFlow } from './flow.ts';
import { readBlockScalar } from './block-scalar.ts';
import { deepest, isQuote, readKey, readQuoted, resolveScalar, setEntry } from './scalar.ts';

/** A block that stands in `column`, within collections `depth` deep. */
interface BlockPlace {
  readonly column: number;
  readonly depth: number;
}

/** A block that begins here, or what stands in one line; `outer` is the block around it. */
export function readBlock(cursor: Cursor, place: BlockPlace, outer: BlockPlace): unknown {
  if (place.depth > deepest) throw new NotPlain();
  if (isEntry(cursor)) return readSequence(cursor, place);
  return startsMapping(cursor) ? readMapping(cursor, place) : readInline(cursor, outer);
}

const isEntry = ({ text, at }: Cursor): boolean => text[at] === '-' && isBlank(text.charCodeAt(at + 1));

const isBlank = (code: number): boolean => code === 32 || code === newline || Number.isNaN(code);

function readSequence(cursor: Cursor, place: BlockPlace): unknown[] {
  const items: unknown[] = [];
  do {
    cursor.at += 1;
    items.push(readItem(cursor, place));
  } while (isNext(cursor, place) && isEntry(cursor));
  return items;
}

/** Another block may begin in the line of the hyphen: `- name: a`. */
function readItem(cursor: Cursor, place: BlockPlace): unknown {
  const start = cursor.at - 1;
  skipSpaces(cursor);
  const inner = { column: place.column + cursor.at - start, depth: place.depth + 1 };
  return isEntry(cursor) || startsMapping(cursor) ? readBlock(cursor, inner, place) : readNode(cursor, place);
}

const mappingStart = /(?:\w[\w.@/-]*|'(?:[^'\n]|'')*'|"(?:[^"\\\n]|\\.)*"):(?=[ \n]|$)/y;

function startsMapping({ text, at }: Cursor): boolean {
  mappingStart.lastIndex = at;
  return mappingStart.test(text);
}

function readMapping(cursor: Cursor, place: BlockPlace): Record<string, unknown> {
  const entries: Record<string, unknown> = {};
  do {
    const key = readKey(cursor);
    if (cursor.text[cursor.at] !== ':' || !isBlank(cursor.text.charCodeAt(cursor.at + 1)))
      throw new NotPlain();
    cursor.at += 1;
    setEntry(entries, key, readNode(cursor, place, true));
  } while (isNext(cursor, place) && !isEntry(cursor));
  return entries;
}

/** Whether the block goes on at the next token. */
function isNext(cursor: Cursor, { column }: BlockPlace): boolean {
  const next = nextToken(cursor);
  if (next > column) throw new NotPlain();
  return next === column;
}

/** What stands behind a hyphen or a colon: in the same line, or as a block below it. */
function readNode(cursor: Cursor, place: BlockPlace, isOfKey = false): unknown {
  skipSpaces(cursor);
  const code = cursor.text.charCodeAt(cursor.at);
  if (!isBlank(code) && code !== 35) return readInline(cursor, place);
  endLine(cursor);
  const inner = { column: nextToken(cursor), depth: place.depth + 1 };
  if (inner.column > place.column) return readBlock(cursor, inner, place);
  return isOfKey && inner.column === place.column && isEntry(cursor) ? readSequence(cursor, inner) : null;
}

function readInline(cursor: Cursor, { column, depth }: BlockPlace): unknown {
  const character = cursor.text[cursor.at];
  if (character === '|' || character === '>') return readBlockScalar(cursor, column);
  if (character !== '[' && character !== '{' && !isQuote(cursor)) return readPlain(cursor, column);
  const value = isQuote(cursor) ? readQuoted(cursor) : readFlow(cursor, { indent: column, depth });
  endLine(cursor);
  return value;
}

/** In one line, or in several that are indented further than what they belong to. */
function readPlain(cursor: Cursor, column: number): unknown {
  let text = readPlainLine(cursor);
  if (/^(?:[?:,[\]{}#&*!|>%@`="']|-(?: |$))/.test(text)) throw new NotPlain();
  if (!goesOn(cursor, column)) return resolveScalar(text);
  while (goesOn(cursor, column)) {
    cursor.at += 1;
    skipSpaces(cursor);
    text += ` ${readPlainLine(cursor)}`;
  }
  return text;
}

function readPlainLine(cursor: Cursor): string {
  const end = lineEnd(cursor);
  const line = cursor.text.slice(cursor.at, end).trimEnd();
  if (line.includes(': ') || line.includes(' #') || line.endsWith(':')) throw new NotPlain();
  cursor.at = end;
  return line;
}

/** Whether the next line is indented further, and neither empty nor a comment. */
function goesOn({ text, at }: Cursor, column: number): boolean {
  let next = at + 1;
  while (text.charCodeAt(next) === 32) next += 1;
  const code = text.charCodeAt(next);
  return next - at - 1 > column && !isBlank(code) && code !== 35;
}
