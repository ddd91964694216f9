import { replace, type Finder, type Scan } from '../holes/scan.ts';
import { keywordAt, tokenAt, type Source } from '../source.ts';
import { readPipeline } from './pipeline.ts';
import { pipeBody, queryStart, startsQuery, type Region } from './regions.ts';

/** Stands for a query that is read by hand. */
const standIn = ' SELECT 1 ';

/** A pipe query in parentheses. */
export const pipeInParentheses: Finder = (scan, index) => {
  if (!startsQuery(keywordAt(scan.source, index + 1))) return undefined;
  const close = tokenAt(scan.source, index).match;
  const body = pipeBody(scan.source, index + 1, close);
  if (body === undefined) return undefined;
  scan.pipes.set(body, close);
  return undefined;
};

/** Where a statement's pipe query starts, if it has one. */
export const statementPipe = (source: Source, statement: Region): number | undefined => {
  const start = queryStart(source, statement);
  return start === undefined ? undefined : pipeBody(source, start, statement.to);
};

/** Replaces the pipe query that starts here, if there is one. */
export const pipeHere = (scan: Scan, index: number): number | undefined => {
  const to = scan.pipes.get(index);
  if (to === undefined) return undefined;
  const { source } = scan;
  scan.holes.queries.set(tokenAt(source, index).start, () => readPipeline(source, index, to));
  return replace(scan, index, to, standIn);
};
