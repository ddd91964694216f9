import { createRequire } from 'node:module';
import type { Node, ParserOptions, Program } from 'sql-parser-cst';
import type { Range } from '../ast/node.ts';
import { boundedMap } from '../bounded-map.ts';
import { originOfStart, type Fragment } from './fragment.ts';
import { refuse } from './refusal.ts';

export type { Node, Program } from 'sql-parser-cst';
/** The nodes of one type: `NodeOf<'select_stmt'>`. */
export type NodeOf<T extends Node['type']> = Extract<Node, { readonly type: T }>;

const options: ParserOptions = {
  dialect: 'bigquery',
  includeRange: true,
  paramTypes: ['?', '@name', '@`name`'],
};

interface Parser {
  readonly parse: (sql: string, options: ParserOptions) => Program;
}

let parser: Parser | undefined;

/** Loaded on first use: it costs 130 ms and 34 MiB. */
const loadParser = (): Parser => {
  // The one bridge to the library: `require` knows no types.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  parser ??= createRequire(import.meta.url)('sql-parser-cst') as Parser;
  return parser;
};

/**
 * The trees of the last fragments. A masked text and the text before differ in their tables, which the parser does
 * not get to see, so that its second reading is the first one; expressions of masks come again and again.
 */
const recent = boundedMap<string, Program>(64);
const longestKept = 4_000;

/** The concrete tree of a fragment; a text that is not SQL is refused. */
export const readTree = (fragment: Fragment, range: Range): Program => {
  const known = recent.get(fragment.text);
  if (known !== undefined) return known;
  const { parse } = loadParser();
  try {
    const program = parse(fragment.text, options);
    if (fragment.text.length <= longestKept) recent.set(fragment.text, program);
    return program;
  } catch (error) {
    if (error instanceof RangeError) return refuse('limit', 'The text nests too deeply.', range);
    const at = offsetOf(error, fragment.text);
    const start = at === undefined ? range.start : originOfStart(fragment, at);
    return refuse('syntax', 'The text cannot be read from here on.', {
      start,
      end: Math.max(start, range.end),
    });
  }
};

const placePattern = /\n--> [^\n]*:(\d+):(\d+)\n/;

/** The parser tells its place only in the message, as line and column. */
const offsetOf = (error: unknown, text: string): number | undefined => {
  const place = error instanceof Error ? placePattern.exec(error.message) : null;
  if (place === null) return undefined;
  let start = 0;
  for (let line = 1; line < Number(place[1]); line += 1) start = text.indexOf('\n', start) + 1;
  return start + Number(place[2]) - 1;
};
