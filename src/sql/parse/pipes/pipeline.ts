import type { FromItem, Query, Range } from '../../ast/index.ts';
import { skipTo } from '../holes/scan.ts';
import { readFrom, readQuery } from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { applyOperator } from './operators.ts';
import { closeStage, isOpen, settle, startStage, type Stage } from './stage.ts';

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
  if (keywordAt(source, from) === 'FROM') return startStage(readFrom(source, from + 1, to), range);
  const query = readQuery(source, from, to);
  const table: FromItem = { type: 'derivedTable', query, range };
  return startStage(table, range);
};

const finish = (stage: Stage): Query => {
  const settled = settle(stage);
  const query = plainQuery(settled) ?? closeStage(settled);
  if (stage.with.length === 0) return query;
  return { ...query, with: { recursive: false, tables: stage.with, range: stage.range } };
};

/** The query of the last step where nothing was added to it, instead of one more SELECT around it. */
const plainQuery = (stage: Stage): Query | undefined => {
  const { from } = stage;
  const plain = isOpen(stage) && stage.where === undefined && stage.windows.length === 0;
  return plain && from.type === 'derivedTable' && from.sample === undefined ? from.query : undefined;
};
