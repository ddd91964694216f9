import type { Argument, FromItem, Query, Select } from '../../ast/index.ts';
import { matchTail } from '../holes/match-recognize.ts';
import { readName, readNames } from '../holes/paths.ts';
import { skipTo, splitAtCommas } from '../holes/scan.ts';
import { pivotTail, sampleTail, withAlias } from '../holes/table-tails.ts';
import { inputTableName } from '../holes/words.ts';
import {
  readCommonTables,
  readExpression,
  readFrom,
  readJoin,
  readOrderBy,
  readPipeSelect,
  readQuery,
  readSelectItems,
  readSetOperation,
  readWindows,
} from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { aggregate } from './aggregate.ts';
import { readsAny } from './mentions.ts';
import {
  changeColumns,
  closeStage,
  isOpen,
  nestStage,
  nextStage,
  passRows,
  startStage,
  statedQuery,
  withAdded,
  type Stage,
} from './stage.ts';

type Operator = (source: Source, stage: Stage, from: number, to: number) => Stage;

/** Applies one pipe operator; the tokens start with its name. */
export const applyOperator = (source: Source, stage: Stage, from: number, to: number): Stage => {
  const word = keywordAt(source, from);
  const operator = Object.hasOwn(operators, word) ? operators[word] : undefined;
  if (operator !== undefined) return operator(source, stage, from + 1, to);
  return refuse('unsupported', `The pipe operator ${word} is not analysed.`, rangeOfTokens(source, from, to));
};

const where: Operator = (source, stage, from, to) => {
  const condition = readExpression(source, from, to);
  const open = withAdded(stage, condition);
  if (open.where === undefined) return { ...open, where: condition };
  const range = { start: open.where.range.start, end: condition.range.end };
  return { ...open, where: { type: 'binary', operator: 'AND', left: open.where, right: condition, range } };
};

const select: Operator = (source, stage, from, to) => {
  const made = readPipeSelect(source, from - 1, to);
  // What was added may read tables of its own: it stays, even where nothing names it.
  const open = stage.added.length > 0 ? nestStage(stage) : withAdded(stage, made);
  const { distinct: unique, items, as: kind } = made;
  const parts: Partial<Select> = {
    distinct: unique,
    items,
    windows: [...open.windows, ...made.windows],
    ...(kind === undefined ? {} : { as: kind }),
  };
  return nextStage(open, statedQuery(open, parts));
};

const extend: Operator = (source, stage, from, to) => {
  const window = skipTo(source, from, to, (keyword) => keyword === 'WINDOW');
  const items = readSelectItems(source, from, window);
  const windows = window < to ? readWindows(source, window + 1, to) : [];
  const open = withAdded(stage, [items, windows]);
  return { ...open, added: [...open.added, ...items], windows: [...open.windows, ...windows] };
};

const set: Operator = (source, stage, from, to) => {
  const replace = splitAtCommas(source, from, to).map((part) => {
    const equals = skipTo(source, part.from, part.to, (keyword) => keyword === '=');
    const name = readName(source, part.from, equals);
    return { name, value: readExpression(source, equals + 1, part.to) };
  });
  return changeColumns(stage, { replace });
};

const drop: Operator = (source, stage, from, to) =>
  changeColumns(stage, { except: readNames(source, from, to) });

const rename: Operator = (source, stage, from, to) => {
  const renames = splitAtCommas(source, from, to).map((part) => {
    const as = keywordAt(source, part.from + 1) === 'AS' ? part.from + 2 : part.from + 1;
    return { from: readName(source, part.from, part.from + 1), to: readName(source, as, part.to) };
  });
  return changeColumns(stage, { rename: renames });
};

const as: Operator = (source, stage, from, to) =>
  nextStage(stage, closeStage(stage, {}), readName(source, from, to));

const limit: Operator = (source, stage, from, to) => {
  const offset = skipTo(source, from, to, (keyword) => keyword === 'OFFSET');
  const query: Query = {
    ...passRows(stage),
    limit: readExpression(source, from, offset),
    ...(offset < to ? { offset: readExpression(source, offset + 1, to) } : {}),
  };
  return nextStage(stage, query);
};

const orderBy: Operator = (source, stage, from, to) => {
  if (keywordAt(source, from) !== 'BY') return refuse('syntax', 'ORDER needs BY.', tokenAt(source, from));
  const end = keywordAt(source, to - 1) === ',' ? to - 1 : to;
  const items = readOrderBy(source, from + 1, end);
  return { ...withAdded(stage, items), orderBy: items };
};

const distinct: Operator = (source, stage, from, to) => {
  if (from < to) return refuse('syntax', 'DISTINCT takes nothing.', tokenAt(source, from));
  const open = isOpen(stage) ? stage : nestStage(stage);
  return nextStage(open, passRows(open, { distinct: true }));
};

const setOperation: Operator = (source, stage, from, to) => {
  const first = from - 1;
  const open = skipTo(source, from, to, (keyword, index) => keyword === '(' && isQueryStart(source, index));
  const [only, ...others] = splitAtCommas(source, open, to);
  if (only === undefined) return refuse('syntax', 'A query is missing.', tokenAt(source, first));
  const template = readSetOperation(source, first, only.to);
  const queries = [template.right, ...others.map((part) => nested(readQuery(source, part.from, part.to)))];
  let body: Query['body'] = nested(closeStage(stage, {}));
  for (const right of queries) {
    body = { ...template, left: body, right, range: { start: stage.range.start, end: right.range.end } };
  }
  const query: Query = { type: 'query', body, orderBy: [], range: stage.range, desugared: true };
  return nextStage(stage, query);
};

const isQueryStart = (source: Source, open: number): boolean => {
  const before = keywordAt(source, open - 1);
  return before !== 'ON' && !(before === 'BY' && keywordAt(source, open - 2) === 'CORRESPONDING');
};

const nested = (query: Query): Query['body'] => ({ type: 'nestedQuery', query, range: query.range });

/** `LEFT`, `FULL`, `INNER` start a join or a set operation. */
const joinOrSet: Operator = (source, stage, from, to) => {
  const word = keywordAt(source, from) === 'OUTER' ? keywordAt(source, from + 1) : keywordAt(source, from);
  const isSet = word === 'UNION' || word === 'INTERSECT' || word === 'EXCEPT';
  return isSet ? setOperation(source, stage, from, to) : join(source, stage, from, to);
};

/** Nothing but FROM so far. */
const isPlain = (stage: Stage): boolean => isOpen(stage) && stage.where === undefined;

const join: Operator = (source, stage, from, to) => {
  const made = readJoin(source, from - 1, to);
  const open = isPlain(stage) ? stage : nestStage(stage);
  return { ...open, from: { ...made, left: open.from, range: stage.range } };
};

const call: Operator = (source, stage, from, to) => {
  const made = readFrom(source, from, to);
  if (made.type !== 'tableFunction') return refuse('syntax', 'CALL needs a table function.', made.range);
  const query = closeStage(stage, {});
  const input = { value: { type: 'query', query }, range: query.range } as const;
  const named = made.arguments.some(isInput);
  const list = named
    ? made.arguments.map((argument) => (isInput(argument) ? { ...argument, ...input } : argument))
    : [input, ...made.arguments];
  return { ...startStage({ ...made, arguments: list }, stage.range), with: stage.with };
};

/** `INPUT TABLE`, which says where the rows go. */
const isInput = ({ value }: Argument): boolean =>
  value.type === 'table' && value.path[0].name === inputTableName;

const tablesample: Operator = (source, stage, from, to) => {
  const { apply, next } = sampleTail(source, from - 1);
  if (next !== to) return refuse('syntax', 'This does not belong to a sample.', tokenAt(source, next));
  const open = isPlain(stage) && stage.from.type !== 'join' ? stage : nestStage(stage);
  return { ...open, from: apply(open.from) };
};

const tail: Operator = (source, stage, from, to) => {
  const { apply: first, next } =
    keywordAt(source, from - 1) === 'MATCH_RECOGNIZE'
      ? matchTail(source, from - 1)
      : pivotTail(source, from - 1);
  const plain = isPlain(stage) && stage.from.type !== 'join';
  const tails: ((item: FromItem) => FromItem)[] = [first];
  if (withAlias(source, next, to, tails) !== to) {
    return refuse('syntax', 'This does not belong to PIVOT.', tokenAt(source, next));
  }
  const input = plain ? stage.from : nestStage(stage).from;
  const item = tails.reduce((made, apply) => apply(made), input);
  return { ...startStage(item, stage.range), with: stage.with };
};

const withTables: Operator = (source, stage, from, to) => {
  const tables = readCommonTables(source, from - 1, to);
  const names = tables.map((table) => table.name.name.toLowerCase());
  if (readsAny({ ...stage, with: [] }, names)) {
    return refuse('unsupported', 'A name is given to a table that was read before.', stage.range);
  }
  return { ...stage, with: [...stage.with, ...tables] };
};

const operators: Readonly<Record<string, Operator>> = {
  AGGREGATE: aggregate,
  AS: as,
  CALL: call,
  CROSS: join,
  DISTINCT: distinct,
  DROP: drop,
  EXCEPT: setOperation,
  EXTEND: extend,
  FULL: joinOrSet,
  INNER: joinOrSet,
  INTERSECT: setOperation,
  JOIN: join,
  LEFT: joinOrSet,
  LIMIT: limit,
  MATCH_RECOGNIZE: tail,
  ORDER: orderBy,
  PIVOT: tail,
  RENAME: rename,
  RIGHT: join,
  SELECT: select,
  SET: set,
  TABLESAMPLE: tablesample,
  UNION: setOperation,
  UNPIVOT: tail,
  WHERE: where,
  WINDOW: extend,
  WITH: withTables,
};
