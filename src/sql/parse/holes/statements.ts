import type { Statement } from '../../ast/index.ts';
import type { Region } from '../pipes/regions.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, tokenAt, type Source } from '../source.ts';
import { mustBeConstant } from './constants.ts';
import { createModel } from './models.ts';
import { afterReplace, grantStatement, objectStatement } from './object-statements.ts';
import { isField, isNameToken, leaveOut, replace, type Finder, type Scan } from './scan.ts';

/** Stands for a statement that is read by hand. */
const standIn = ' SELECT * ';

type Reading = (source: Source, region: Region) => Statement;

/** How a statement is read if the parser does not know it. */
export const readingOf = (source: Source, { from }: Region): Reading | undefined => {
  const first = keywordAt(source, from);
  if (first === 'EXPLAIN' || first === 'GRAPH' || first === 'DESCRIBE' || first === 'SHOW') {
    return refuse('unsupported', `${first} is not analysed.`, tokenAt(source, from));
  }
  const object = first === 'CREATE' ? afterReplace(source, from) : from;
  if (keywordAt(source, object) === 'PROPERTY' && keywordAt(source, object + 1) === 'GRAPH') {
    return refuse('unsupported', 'CREATE PROPERTY GRAPH is not analysed.', tokenAt(source, object));
  }
  if (first === 'GRANT' || first === 'REVOKE') return grantStatement;
  const creates = first === 'CREATE' && keywordAt(source, afterReplace(source, from)) === 'MODEL';
  return creates ? createModel : objectStatement(source, from);
};

/** Replaces the statement that starts here, if it is one of those. */
export const statementHere: Finder = (scan, index) => {
  const statement = scan.statements.get(index);
  if (statement === undefined) return undefined;
  const { source } = scan;
  scan.holes.statements.set(tokenAt(source, index).start, () =>
    statement.read(source, { from: index, to: statement.to }),
  );
  return replace(scan, index, statement.to, standIn);
};

export interface StatementHole {
  readonly to: number;
  readonly read: Reading;
}

/** The index of the CREATE that the tokens before belong to. */
const creation = (scan: Scan, index: number): number | undefined => {
  for (let at = index - 1; at >= Math.max(scan.from, index - 5); at -= 1) {
    if (keywordAt(scan.source, at) === 'CREATE') return at;
  }
  return undefined;
};

/** `CREATE AGGREGATE FUNCTION`. */
export const aggregateFunction: Finder = (scan, index) => {
  const create = creation(scan, index);
  if (keywordAt(scan.source, index + 1) !== 'FUNCTION' || create === undefined) return undefined;
  scan.holes.words.set(tokenAt(scan.source, create).start, 'AGGREGATE');
  return leaveOut(scan, index, index + 1);
};

/** `NOT AGGREGATE` after a parameter of an aggregate function. */
export const notAggregate: Finder = (scan, index) =>
  keywordAt(scan.source, index + 1) === 'AGGREGATE' ? leaveOut(scan, index, index + 2) : undefined;

/** `ANY TABLE` as the type of a parameter. */
export const anyTable: Finder = (scan, index) => {
  if (keywordAt(scan.source, index + 1) !== 'TABLE') return undefined;
  scan.holes.words.set(tokenAt(scan.source, index).start, 'TABLE');
  return replace(scan, index, index + 2, 'ANY TYPE');
};

/** Options after the body of a SQL function, where the parser has them before it: constants all. */
export const lateOptions: Finder = (scan, index) => {
  const { source } = scan;
  const open = source.tokens[index + 1];
  const body = tokenAt(source, Math.max(0, index - 1));
  const isLast = open?.match === scan.to - 1 || keywordAt(source, (open?.match ?? 0) + 1) === ';';
  if (
    open?.keyword !== '(' ||
    body.keyword !== ')' ||
    keywordAt(source, body.match - 1) !== 'AS' ||
    !isLast
  ) {
    return undefined;
  }
  mustBeConstant(source, index, open.match);
  return leaveOut(scan, index, open.match + 1);
};

/** The comma after the last column of a table. */
export const lastComma: Finder = (scan, index) => {
  const open = scan.levels.at(-1)?.open ?? -1;
  const isLast = keywordAt(scan.source, index + 1) === ')' && open > 0;
  return isLast && namesCreatedTable(scan, open - 1) ? leaveOut(scan, index, index + 1) : undefined;
};

const beforeName: ReadonlySet<string> = new Set(['.', '-', 'IF', 'NOT', 'EXISTS']);

/** True if the tokens up to this one are `CREATE … TABLE [IF NOT EXISTS] name`. */
export const namesCreatedTable = (scan: Scan, last: number): boolean => {
  for (let index = last; index > scan.from; index -= 1) {
    const token = tokenAt(scan.source, index);
    if (token.keyword === 'TABLE') return creation(scan, index) !== undefined;
    const isPart = isNameToken(token) || token.kind === 'integer' || isField(scan, index);
    if (!isPart && !beforeName.has(token.keyword)) return false;
  }
  return false;
};

/** `WITH CONNECTION DEFAULT`: the parser wants a name. */
export const defaultConnection: Finder = (scan, index) =>
  keywordAt(scan.source, index - 1) === 'WITH' && keywordAt(scan.source, index + 1) === 'DEFAULT'
    ? replace(scan, index + 1, index + 2, '_default')
    : undefined;

/** `LOAD DATA INTO d.t PARTITIONS (…)`: which partition is filled, by constants. */
export const loadedPartitions: Finder = (scan, index) => {
  const { source } = scan;
  const open = tokenAt(source, Math.min(index + 1, scan.to - 1));
  const before = source.tokens[index - 1];
  if (open.keyword !== '(' || !(isNameToken(before) || before?.keyword === ')')) return undefined;
  if (!loads(scan, index)) return undefined;
  mustBeConstant(source, index + 1, open.match);
  return leaveOut(scan, index, open.match + 1);
};

/** True after `LOAD DATA INTO name` and, where there is one, its list of columns. */
const loads = ({ source, from }: Scan, index: number): boolean => {
  const before = tokenAt(source, index - 1);
  let at = before.keyword === ')' ? before.match - 1 : index - 1;
  while (at > from && isInPath(source, at)) at -= 1;
  const word = keywordAt(source, at);
  return (word === 'INTO' || word === 'OVERWRITE') && keywordAt(source, at - 1) === 'DATA';
};

const isInPath = (source: Source, index: number): boolean => {
  const keyword = keywordAt(source, index);
  if (keyword === 'OVERWRITE') return false;
  return keyword === '.' || keyword === '-' || isNameToken(source.tokens[index]);
};

/** `LOAD DATA INTO TEMP TABLE t`: the parser wants the name. */
export const loadedTemporary: Finder = (scan, index) => {
  const { source } = scan;
  const into = keywordAt(source, index - 1);
  if ((into !== 'INTO' && into !== 'OVERWRITE') || keywordAt(source, index - 2) !== 'DATA') return undefined;
  if (keywordAt(source, index + 1) !== 'TABLE') return undefined;
  scan.holes.words.set(tokenAt(source, index - 3).start, 'TEMP');
  return leaveOut(scan, index, index + 2);
};

/** `EXTERNAL SECURITY INVOKER`: in whose name a procedure runs, not what it does. */
export const externalSecurity: Finder = (scan, index) => {
  const { source } = scan;
  const whose = keywordAt(source, index + 2);
  const known = whose === 'INVOKER' || whose === 'DEFINER';
  return keywordAt(source, index + 1) === 'SECURITY' && known && keywordAt(source, index - 1) === ')'
    ? leaveOut(scan, index, index + 3)
    : undefined;
};
