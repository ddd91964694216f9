import { isNameToken, replace, type Finder, type Scan } from '../holes/scan.ts';
import { readQuery } from '../read.ts';
import { keywordAt, tokenAt, type Source } from '../source.ts';
import { readPipeline } from './pipeline.ts';
import { pipeBody, queryStart, startsQuery, type Region } from './regions.ts';

/** Stands for a query that is read by hand. */
const standIn = ' SELECT 1 ';

/** A query in parentheses that is read by itself: a pipe, or one that nests deep. */
export const queryInParentheses: Finder = (scan, index) => {
  if (!startsQuery(keywordAt(scan.source, index + 1))) return undefined;
  const close = tokenAt(scan.source, index).match;
  const body = pipeBody(scan.source, index + 1, close);
  if (body !== undefined) scan.queries.set(body, { to: close, read: readPipeline });
  else if (isDeepQuery(scan, index + 1)) scan.queries.set(index + 1, { to: close, read: readQuery });
  return undefined;
};

/** How many brackets may lie around a query that the parser reads together with what is around it. */
const deepest = 4;

/** The parser takes several times as long with every level of a query in some places, above all in `FROM f((SELECT …))`. */
const isDeepQuery = (scan: Scan, index: number): boolean => {
  const { source, levels } = scan;
  if (keywordAt(source, index) !== 'SELECT') return false;
  const argument = keywordAt(source, index - 2) === '(' && isNameToken(source.tokens[index - 3]);
  return argument || levels.length > deepest;
};

/** Where a statement's pipe query starts, if it has one. */
export const statementPipe = (source: Source, statement: Region): number | undefined => {
  const start = queryStart(source, statement);
  return start === undefined ? undefined : pipeBody(source, start, statement.to);
};

/** Replaces the query that starts here and is read by itself, if there is one. */
export const queryHere = (scan: Scan, index: number): number | undefined => {
  const query = scan.queries.get(index);
  if (query === undefined) return undefined;
  const { source } = scan;
  scan.holes.queries.set(tokenAt(source, index).start, () => query.read(source, index, query.to));
  return replace(scan, index, query.to, standIn);
};
