import type { Query } from '../../ast/index.ts';
import { reservedWords, type Token } from '../../lexer/index.ts';
import { keywordAt, tokenAt, type Source } from '../source.ts';
import type { Holes } from './holes.ts';
import type { StatementHole } from './statements.ts';

/** Where the scan stands: the holes so far and what the bracket around the token belongs to. */
export interface Scan {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
  readonly holes: Holes;
  /** One entry per open bracket, the fragment itself first. */
  readonly levels: Level[];
  /** Queries that are read by themselves, by their first token. */
  readonly queries: Map<number, QueryHole>;
  /** Statements that are read by hand, by their first token. */
  readonly statements: ReadonlyMap<number, StatementHole>;
}

export interface QueryHole {
  readonly to: number;
  readonly read: (source: Source, from: number, to: number) => Query;
}

export interface Level {
  /** Index of the opening bracket; -1 for the fragment. */
  readonly open: number;
  /** The clause that the scan is in at this level: `FROM`, `SET`, `ORDER`, … */
  clause: string;
}

/** Looks at one token; returns the index to go on from if it made a hole. */
export type Finder = (scan: Scan, index: number) => number | undefined;

const clauses: ReadonlySet<string> = new Set(
  'SELECT FROM WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT SET VALUES ON USING WHEN UNION INTERSECT'.split(
    ' ',
  ),
);

/** Finds in a fragment what the parser cannot read, and notes how to read it instead. */
export const scanHoles = (scan: Scan, finders: Readonly<Record<string, Finder>>, always: Finder): Holes => {
  const { source, to } = scan;
  let index = scan.from;
  while (index < to) {
    const token = tokenAt(source, index);
    const finder =
      token.keyword === '' || isField(scan, index) ? undefined : findersOf(finders, token.keyword);
    const next = finder?.(scan, index) ?? always(scan, index);
    if (next === undefined) step(scan, index, token);
    index = next ?? index + 1;
  }
  return scan.holes;
};

const findersOf = (finders: Readonly<Record<string, Finder>>, keyword: string): Finder | undefined =>
  Object.hasOwn(finders, keyword) ? finders[keyword] : undefined;

const step = (scan: Scan, index: number, token: Token): void => {
  const level = scan.levels.at(-1);
  if (level === undefined) return;
  if (token.keyword === '(' || token.keyword === '[') {
    scan.levels.push({ open: index, clause: opensTable(scan, index) ? 'FROM' : '' });
  } else if ((token.keyword === ')' || token.keyword === ']') && scan.levels.length > 1) scan.levels.pop();
  else if (token.keyword === ';') level.clause = '';
  else if (clauses.has(token.keyword) && !isField(scan, index))
    level.clause = clauseAfter(scan, index, level);
};

/** `EXTRACT(x FROM …)` and `IS DISTINCT FROM` have a FROM that starts no clause; ON belongs to FROM. */
const clauseAfter = (scan: Scan, index: number, level: Level): string => {
  const keyword = keywordAt(scan.source, index);
  if (keyword === 'ON' || keyword === 'USING') return level.clause;
  if (keyword !== 'FROM') return keyword;
  const head = level.open > 0 ? keywordAt(scan.source, level.open - 1) : '';
  return head === 'EXTRACT' || keywordAt(scan.source, index - 1) === 'DISTINCT' ? level.clause : keyword;
};

/** True for the parentheses of `FROM (a JOIN b)` and its like. */
const opensTable = (scan: Scan, index: number): boolean => {
  const before = keywordAt(scan.source, index - 1);
  if (index === scan.from) return scan.levels[0]?.clause === 'FROM';
  return before === 'FROM' || before === 'JOIN' || (before === ',' && scan.levels.at(-1)?.clause === 'FROM');
};

export const isField = (scan: Scan, index: number): boolean => keywordAt(scan.source, index - 1) === '.';

/** Replaces the tokens from one index up to another by `text`. */
export const replace = (scan: Scan, from: number, to: number, text: string): number => {
  const start = tokenAt(scan.source, from).start;
  scan.holes.edits.push({ start, end: tokenAt(scan.source, to - 1).end, text });
  return to;
};

/** Leaves the tokens out; the note is kept at the end of the token before them. */
export const leaveOut = (scan: Scan, from: number, to: number): number => replace(scan, from, to, ' ');

export const endBefore = (scan: Scan, index: number): number => scan.source.tokens[index - 1]?.end ?? 0;

export const isNameToken = (token: Token | undefined): boolean =>
  token?.kind === 'quoted' || (token?.kind === 'word' && !reservedWords.has(token.keyword));

/** The first index from `from` on, outside of brackets opened after it, for which `stop` holds; else `to`. */
export const skipTo = (
  source: Source,
  from: number,
  to: number,
  stop: (keyword: string, index: number) => boolean,
): number => {
  let index = from;
  while (index < to) {
    const token = tokenAt(source, index);
    if (stop(token.keyword, index)) return index;
    index = token.match > index ? token.match + 1 : index + 1;
  }
  return to;
};

/** The parts between commas that are not in brackets. */
export const splitAtCommas = (
  source: Source,
  from: number,
  to: number,
): readonly { readonly from: number; readonly to: number }[] => {
  const parts: { from: number; to: number }[] = [];
  let start = from;
  while (start < to) {
    const comma = skipTo(source, start, to, (keyword) => keyword === ',');
    parts.push({ from: start, to: comma });
    start = comma + 1;
  }
  return parts;
};
