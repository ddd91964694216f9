import type { DerivedTable, Query, Range } from '../../ast/index.ts';
import { readName } from '../holes/paths.ts';
import { skipTo } from '../holes/scan.ts';
import { readFrom, readQuery } from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { applyOperator } from './operators.ts';
import { pipeBody, type Region } from './regions.ts';
import { isOpen, passRows, startStage, type Stage } from './stage.ts';

/** Reads `FROM t |> WHERE … |> SELECT …` into nested queries that mean the same. */
export const readPipeline = (source: Source, from: number, to: number): Query => {
  let at = nextPipe(source, from, to);
  let stage = firstStage(source, from, at);
  while (at < to) {
    const end = nextPipe(source, at + 1, to);
    if (end === at + 1) return refuse('syntax', 'A pipe without an operator.', tokenAt(source, at));
    const range: Range = { start: stage.range.start, end: tokenAt(source, end - 1).end };
    stage = applyOperator(source, { ...stage, range }, at + 1, end);
    at = end;
  }
  return finish(stage);
};

const nextPipe = (source: Source, from: number, to: number): number =>
  skipTo(source, from, to, (keyword) => keyword === '|>');

const firstStage = (source: Source, from: number, to: number): Stage => {
  const range = rangeOfTokens(source, from, to);
  const inner = withoutParentheses(source, from, to);
  if (inner.from > from && pipeBody(source, inner.from, inner.to) === inner.from) {
    return startStage(derived(readPipeline(source, inner.from, inner.to), range), range);
  }
  const { match } = tokenAt(source, from);
  if (keywordAt(source, match + 1) === 'AS' && match + 1 < to) {
    const query = derived(finish(firstStage(source, from, match + 1)), range);
    return startStage({ ...query, alias: readName(source, match + 2, to) }, range);
  }
  if (keywordAt(source, from) === 'FROM') return startStage(readFrom(source, from + 1, to), range);
  return startStage(derived(readQuery(source, inner.from, inner.to), range), range);
};

const withoutParentheses = (source: Source, from: number, to: number): Region =>
  keywordAt(source, from) === '(' && tokenAt(source, from).match === to - 1
    ? withoutParentheses(source, from + 1, to - 1)
    : { from, to };

const derived = (query: Query, range: Range): DerivedTable => ({ type: 'derivedTable', query, range });

const finish = (stage: Stage): Query => {
  const query = plainQuery(stage) ?? passRows(stage);
  if (stage.with.length === 0) return query;
  return { ...query, with: { recursive: false, tables: stage.with, range: stage.range } };
};

/** The query of the last step where nothing was added to it, instead of one more SELECT around it. */
const plainQuery = (stage: Stage): Query | undefined => {
  const { from } = stage;
  const plain = isOpen(stage) && stage.where === undefined && stage.windows.length === 0;
  const bare = from.type === 'derivedTable' && from.alias === undefined && from.sample === undefined;
  return plain && bare ? from.query : undefined;
};
