import { replace, type Finder, type Scan } from '../holes/scan.ts';
import { tokenAt, type Source } from '../source.ts';
import { readPipeline } from './pipeline.ts';
import { pipeBody, plainStatements, queryStart } from './regions.ts';

/** Stands for a query that is read by hand. */
const standIn = ' SELECT 1 ';

/** A pipe query in parentheses. */
export const pipeInParentheses: Finder = (scan, index) => {
  const close = tokenAt(scan.source, index).match;
  const body = pipeBody(scan.source, index + 1, close);
  if (body === undefined) return undefined;
  scan.pipes.set(body, close);
  return undefined;
};

/** Pipe queries that are statements or the query of one. */
export const findStatementPipes = (source: Source, from: number, to: number): Map<number, number> => {
  const pipes = new Map<number, number>();
  for (const statement of plainStatements(source, from, to)) {
    const start = queryStart(source, statement);
    const body = start === undefined ? undefined : pipeBody(source, start, statement.to);
    if (body !== undefined) pipes.set(body, statement.to);
  }
  return pipes;
};

/** Replaces the pipe query that starts here, if there is one. */
export const pipeHere = (scan: Scan, index: number): number | undefined => {
  const to = scan.pipes.get(index);
  if (to === undefined) return undefined;
  const { source } = scan;
  scan.holes.queries.set(tokenAt(source, index).start, () => readPipeline(source, index, to));
  return replace(scan, index, to, standIn);
};
