import type { FromItem, Name, Path, Pivot, Unpivot } from '../../ast/index.ts';
import { named } from '../convert/from.ts';
import { readExpression, readItems, readItem } from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { matchTail } from './match-recognize.ts';
import { readNames, readPath } from './paths.ts';
import { endBefore, isNameToken, leaveOut, skipTo, splitAtCommas, type Finder, type Scan } from './scan.ts';

type Tail = (item: FromItem) => FromItem;

/** What follows a table and its alias: time travel, a sample, PIVOT and UNPIVOT, each with an alias of its own. */
export const tableTail: Finder = (scan, index) => {
  if (!startsTail(scan.source, index)) return undefined;
  const tails: Tail[] = [];
  let next = index;
  while (next < scan.to && startsTail(scan.source, next)) next = readTail(scan, next, tails);
  scan.holes.tails.set(endBefore(scan, index), (item) => tails.reduce((result, tail) => tail(result), item));
  return leaveOut(scan, index, next);
};

const startsTail = (source: Source, index: number): boolean => {
  const after = keywordAt(source, index + 1);
  const before = keywordAt(source, index - 1);
  switch (keywordAt(source, index)) {
    case 'FOR':
      return after === 'SYSTEM_TIME' || (after === 'SYSTEM' && keywordAt(source, index + 2) === 'TIME');
    case 'TABLESAMPLE':
      return true;
    case 'MATCH_RECOGNIZE':
    case 'PIVOT':
      return after === '(' && before !== 'AS' && before !== '|>';
    case 'UNPIVOT':
      return (
        (after === '(' || after === 'INCLUDE' || after === 'EXCLUDE') && before !== 'AS' && before !== '|>'
      );
    default:
      return false;
  }
};

const readTail = (scan: Scan, index: number, tails: Tail[]): number => {
  const { source, to } = scan;
  switch (keywordAt(source, index)) {
    case 'FOR':
      return systemTime(scan, index, tails);
    default: {
      const sampled = keywordAt(source, index) === 'TABLESAMPLE';
      const matched = keywordAt(source, index) === 'MATCH_RECOGNIZE';
      const tail = sampled
        ? sampleTail(source, index)
        : matched
          ? matchTail(source, index)
          : pivotTail(source, index);
      tails.push(tail.apply);
      return withAlias(source, tail.next, to, tails);
    }
  }
};

const afterTime: ReadonlySet<string> = new Set(
  (
    'WHERE GROUP HAVING ORDER LIMIT JOIN LEFT RIGHT FULL INNER CROSS ON USING QUALIFY WINDOW UNION INTERSECT EXCEPT ' +
    'WITH TABLESAMPLE PIVOT UNPIVOT WHEN SET OPTIONS , ; |>'
  ).split(' '),
);

const systemTime = (scan: Scan, index: number, tails: Tail[]): number => {
  const { source } = scan;
  const from = index + (keywordAt(source, index + 1) === 'SYSTEM' ? 5 : 4);
  if (keywordAt(source, from - 2) !== 'AS' || keywordAt(source, from - 1) !== 'OF')
    return refuse('syntax', 'Time travel needs AS OF.', tokenAt(source, index));
  const closed = scan.levels.at(-1)?.open ?? -1;
  const end = closed < 0 ? scan.to : tokenAt(source, closed).match;
  const next = skipTo(source, from, Math.min(end, scan.to), (keyword, at) =>
    isAfterTime(source, keyword, at),
  );
  const { value, alias } = readItem(source, from, next);
  tails.push((item) => {
    if (item.type !== 'table') return refuse('syntax', 'Time travel needs a table.', item.range);
    const range = { start: item.range.start, end: endOf(source, next) };
    const table = { ...item, systemTime: value, range };
    return alias === undefined ? table : { ...table, alias };
  });
  return next;
};

/** `LEFT(` is a function, `LEFT JOIN` the end of the expression. */
const isAfterTime = (source: Source, keyword: string, index: number): boolean =>
  afterTime.has(keyword) &&
  !(keywordAt(source, index + 1) === '(' && (keyword === 'LEFT' || keyword === 'RIGHT'));

const endOf = (source: Source, next: number): number => tokenAt(source, next - 1).end;

/** `TABLESAMPLE SYSTEM (10 PERCENT)`. */
export const sampleTail = (
  source: Source,
  index: number,
): { readonly apply: Tail; readonly next: number } => {
  const open = keywordAt(source, index + 1) === 'SYSTEM' ? index + 2 : index + 1;
  const { keyword, match } = tokenAt(source, open);
  const range = rangeOfTokens(source, index, Math.max(match + 1, index + 1));
  if (keyword !== '(' || keywordAt(source, match - 1) !== 'PERCENT') {
    return refuse('unsupported', 'A sample of this form is not analysed.', range);
  }
  const percent = readExpression(source, open + 1, match - 1);
  const apply = (item: FromItem): FromItem => {
    if (item.type !== 'table' && item.type !== 'derivedTable') {
      return refuse('unsupported', 'A sample of something that is no table is not analysed.', range);
    }
    return { ...item, sample: { percent, range }, range: { start: item.range.start, end: range.end } };
  };
  return { apply, next: match + 1 };
};

/** An alias after what was read last, with or without AS. */
export const withAlias = (source: Source, index: number, to: number, tails: Tail[]): number => {
  const at = keywordAt(source, index) === 'AS' ? index + 1 : index;
  const alias = aliasAt(source, at, to);
  if (alias === undefined) return index;
  tails.push((item) => named(item, alias, { start: item.range.start, end: alias.range.end }));
  return at + 1;
};

const notAliases: ReadonlySet<string> = new Set(['PIVOT', 'UNPIVOT', 'TABLESAMPLE', 'MATCH_RECOGNIZE']);

const aliasAt = (source: Source, index: number, to: number): Name | undefined => {
  const token = source.tokens[index];
  if (index >= to || token === undefined || !isNameToken(token) || notAliases.has(token.keyword))
    return undefined;
  return {
    name: token.value,
    quoted: token.kind === 'quoted',
    range: { start: token.start, end: token.end },
  };
};

/** `PIVOT (…)` or `UNPIVOT (…)`, without an alias after it. */
export const pivotTail = (source: Source, index: number): { readonly apply: Tail; readonly next: number } =>
  keywordAt(source, index) === 'PIVOT' ? pivot(source, index) : unpivot(source, index);

const inList = (
  source: Source,
  open: number,
): { readonly forAt: number; readonly inAt: number; readonly close: number } => {
  const close = tokenAt(source, open).match;
  const forAt = skipTo(source, open + 1, close, (keyword) => keyword === 'FOR');
  const inAt = skipTo(
    source,
    forAt,
    close,
    (keyword, at) => keyword === 'IN' && isLast(source, at + 1, close),
  );
  if (inAt === close)
    return refuse('syntax', 'PIVOT and UNPIVOT need FOR and IN.', rangeOfTokens(source, open, close));
  return { forAt, inAt, close };
};

const isLast = (source: Source, open: number, close: number): boolean =>
  source.tokens[open]?.match === close - 1;

const pivot = (source: Source, index: number): { readonly apply: Tail; readonly next: number } => {
  const open = index + 1;
  const { forAt, inAt, close } = inList(source, open);
  const next = close + 1;
  const aggregates = readItems(source, open + 1, forAt);
  const input = readExpression(source, forAt + 1, inAt);
  const values = readItems(source, inAt + 2, close - 1);
  const end = endOf(source, next);
  const apply = (item: FromItem): Pivot => ({
    type: 'pivot',
    source: item,
    aggregates,
    input,
    values,
    range: { start: item.range.start, end },
  });
  return { apply, next };
};

const unpivot = (source: Source, index: number): { readonly apply: Tail; readonly next: number } => {
  const open = keywordAt(source, index + 1) === '(' ? index + 1 : index + 3;
  if (keywordAt(source, open) !== '(')
    return refuse('syntax', 'UNPIVOT needs a list.', tokenAt(source, index));
  const { forAt, inAt, close } = inList(source, open);
  const next = close + 1;
  const valueColumns = readNames(source, open + 1, forAt);
  const [nameColumn] = readNames(source, forAt + 1, inAt);
  if (nameColumn === undefined) return refuse('syntax', 'A name is expected.', tokenAt(source, forAt));
  const groups = splitAtCommas(source, inAt + 2, close - 1).map((part) =>
    unpivotGroup(source, part.from, part.to),
  );
  const includeNulls = keywordAt(source, index + 1) === 'INCLUDE';
  const end = endOf(source, next);
  const apply = (item: FromItem): Unpivot => ({
    type: 'unpivot',
    source: item,
    includeNulls,
    valueColumns,
    nameColumn,
    groups,
    range: { start: item.range.start, end },
  });
  return { apply, next };
};

const unpivotGroup = (source: Source, from: number, to: number): Unpivot['groups'][number] => {
  const open = tokenAt(source, from);
  const inner = open.keyword === '(';
  const next = inner ? open.match + 1 : readPath(source, from).next;
  const columns = splitAtCommas(source, inner ? from + 1 : from, inner ? next - 1 : next).map((part): Path =>
    wholePath(source, part.from, part.to),
  );
  if (next === to) return { columns };
  const at = keywordAt(source, next) === 'AS' ? next + 1 : next;
  return { columns, label: readExpression(source, at, to) };
};

const wholePath = (source: Source, from: number, to: number): Path => {
  const { path, next } = readPath(source, from);
  return next === to ? path : refuse('syntax', 'A name is expected.', tokenAt(source, next));
};
