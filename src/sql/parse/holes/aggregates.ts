import type { Call } from '../../ast/index.ts';
import { readExpression } from '../read.ts';
import { startsQuery } from '../pipes/regions.ts';
import { keywordAt, tokenAt, type Source } from '../source.ts';
import { isNameToken, leaveOut, skipTo, splitAtCommas, type Finder } from './scan.ts';

/** What an aggregate takes beyond what the parser knows. */
export type AggregateRows = Pick<Call, 'filter' | 'groupBy'>;

const afterRows: ReadonlySet<string> = new Set(['HAVING', 'ORDER', 'LIMIT', ')']);

/** `SUM(a WHERE b)`, `AVG(MAX(a) GROUP BY b)`: which rows are taken, and how they are put together first. */
export const aggregateRows: Finder = (scan, index) => {
  const { source, holes } = scan;
  const { open = -1, clause } = scan.levels.at(-1) ?? {};
  const isCall = open > 0 && isNameToken(source.tokens[open - 1]) && clause === '';
  const first = keywordAt(source, open + 1);
  if (!isCall || (first !== '(' && startsQuery(first))) return undefined;
  const end = skipTo(source, index, scan.to, (keyword) => afterRows.has(keyword));
  holes.aggregates.set(tokenAt(source, open).start, () => rowsOf(source, index, end));
  return leaveOut(scan, index, end);
};

const rowsOf = (source: Source, from: number, to: number): AggregateRows => {
  const group = skipTo(source, from, to, (keyword) => keyword === 'GROUP');
  const filter = group > from ? { filter: readExpression(source, from + 1, group) } : {};
  if (group === to) return filter;
  const keys = splitAtCommas(source, group + 2, to).map((part) => readExpression(source, part.from, part.to));
  return { ...filter, groupBy: keys };
};
