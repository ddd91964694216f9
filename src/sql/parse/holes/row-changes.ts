import type { Expression, Query, SelectItem, TableReference } from '../../ast/index.ts';
import { readExpression, readSelectItems } from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import type { RowChange } from './holes.ts';
import { endBefore, isNameToken, leaveOut, skipTo, type Finder, type Scan } from './scan.ts';

const modes: ReadonlySet<string> = new Set(['IGNORE', 'REPLACE', 'UPDATE']);

/** `INSERT OR IGNORE INTO t`, `INSERT REPLACE t`: which rows are kept, which is a write of the table in any case. */
export const insertMode: Finder = (scan, index) => {
  const { source } = scan;
  const mode = keywordAt(source, index + 1) === 'OR' ? index + 2 : index + 1;
  const after = source.tokens[mode + 1];
  if (!modes.has(keywordAt(source, mode)) || !(after?.keyword === 'INTO' || isNameToken(after)))
    return undefined;
  scan.holes.words.set(tokenAt(source, index).start, keywordAt(source, mode));
  return leaveOut(scan, index + 1, mode + 1);
};

/** `ASSERT_ROWS_MODIFIED n` at the end of a statement, and what follows it. */
export const rowCount: Finder = (scan, index) => {
  const { source } = scan;
  const end = statementEnd(scan, index);
  const then = skipTo(source, index, end, (keyword) => keyword === 'THEN');
  return note(scan, index, end, (target) => ({
    rowCount: readExpression(source, index + 1, then),
    ...(then < end ? returningOf(source, then, end, target) : {}),
  }));
};

/** `THEN RETURN [WITH ACTION [AS a]] a, b` at the end of a statement. */
export const thenReturn: Finder = (scan, index) => {
  const { source } = scan;
  if (keywordAt(source, index + 1) !== 'RETURN' || keywordAt(source, index + 2) === ';') return undefined;
  const end = statementEnd(scan, index);
  return end === index + 2
    ? undefined
    : note(scan, index, end, (target) => returningOf(source, index, end, target));
};

const statementEnd = (scan: Scan, index: number): number =>
  skipTo(scan.source, index, scan.to, (keyword) => keyword === ';');

const note = (
  scan: Scan,
  index: number,
  end: number,
  read: (target: TableReference) => RowChange,
): number => {
  scan.holes.rowChanges.set(endBefore(scan, index), read);
  return leaveOut(scan, index, end);
};

const returningOf = (source: Source, from: number, to: number, target: TableReference): RowChange => {
  const withAction = keywordAt(source, from + 2) === 'WITH';
  const action = withAction ? actionOf(source, from + 2) : { items: [], next: from + 2 };
  const items = [...readSelectItems(source, action.next, to), ...action.items];
  const range = rangeOfTokens(source, from, to);
  const returning: Query = {
    type: 'query',
    body: { type: 'select', distinct: false, items, from: target, windows: [], range },
    orderBy: [],
    desugared: true,
    range,
  };
  return { returning };
};

/** The column that says what was done to the row. */
const actionOf = (
  source: Source,
  index: number,
): { readonly items: readonly SelectItem[]; readonly next: number } => {
  const word = tokenAt(source, index + 1);
  if (word.keyword !== 'ACTION') return refuse('syntax', 'ACTION is expected.', word);
  const named = keywordAt(source, index + 2) === 'AS';
  const token = named ? tokenAt(source, index + 3) : word;
  const range = { start: token.start, end: token.end };
  const value: Expression = { type: 'literal', kind: 'string', value: '', range };
  const alias = { name: token.value, quoted: token.kind === 'quoted', range };
  return {
    items: [{ type: 'selectExpression', value, alias, range }],
    next: named ? index + 4 : index + 2,
  };
};
