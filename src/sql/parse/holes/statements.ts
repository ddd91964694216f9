import type { Expression, OtherDdl, Path, Query, Statement } from '../../ast/index.ts';
import { mentionsQuery } from '../pipes/mentions.ts';
import { readItems, readQuery } from '../read.ts';
import type { Region } from '../pipes/regions.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { readPath } from './paths.ts';
import { leaveOut, replace, skipTo, type Finder, type Scan } from './scan.ts';

/** Stands for a statement that is read by hand. */
const standIn = ' SELECT * ';

type Reading = (source: Source, region: Region) => Statement;

/** How a statement is read if the parser does not know it. */
export const readingOf = (source: Source, { from }: Region): Reading | undefined => {
  const first = keywordAt(source, from);
  if (first === 'EXPLAIN' || first === 'GRAPH' || first === 'DESCRIBE' || first === 'SHOW') {
    return refuse('unsupported', `${first} is not analysed.`, tokenAt(source, from));
  }
  const at = afterReplace(source, from);
  switch (`${keywordAt(source, from)} ${keywordAt(source, at)}`) {
    case 'CREATE MODEL':
      return createModel;
    case 'ALTER MODEL':
    case 'DROP MODEL':
    case 'EXPORT MODEL':
    case 'UNDROP SCHEMA':
      return namedObject;
    default:
      return undefined;
  }
};

const afterReplace = (source: Source, from: number): number =>
  keywordAt(source, from + 1) === 'OR' && keywordAt(source, from + 2) === 'REPLACE' ? from + 3 : from + 1;

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

/** The name after `IF [NOT] EXISTS`. */
const nameAfter = (source: Source, index: number): { readonly path: Path; readonly next: number } => {
  const conditional = keywordAt(source, index) === 'IF' && keywordAt(source, index + 1) !== '.';
  if (!conditional) return readPath(source, index);
  return readPath(source, keywordAt(source, index + 1) === 'NOT' ? index + 3 : index + 2);
};

/** Statements that name one object and set constants. */
const namedObject: Reading = (source, { from, to }) => {
  const { path, next } = nameAfter(source, from + 2);
  mustBeConstant(source, next, to);
  const kind = `${keywordAt(source, from)} ${keywordAt(source, from + 1)}`;
  return { type: 'otherDdl', kind, targets: [path], expressions: [], range: rangeOfTokens(source, from, to) };
};

const reading: ReadonlySet<string> = new Set(['SELECT', 'FROM', 'WITH', 'TABLE', '|>']);

const mustBeConstant = (source: Source, from: number, to: number): void => {
  for (let index = from; index < to; index += 1) {
    if (reading.has(keywordAt(source, index))) {
      refuse('unsupported', 'A query at this place is not analysed.', tokenAt(source, index));
    }
  }
};

/** `CREATE MODEL m [TRANSFORM (…)] [OPTIONS (…)] [AS query]`. */
const createModel: Reading = (source, { from, to }) => {
  const { path, next } = nameAfter(source, afterReplace(source, from) + 1);
  const as = skipTo(source, next, to, (keyword) => keyword === 'AS');
  const transform = skipTo(source, next, as, (keyword) => keyword === 'TRANSFORM');
  const items = transform < as ? transformOf(source, transform + 1) : { expressions: [], next };
  mustBeConstant(source, next, transform);
  if (transform < as) mustBeConstant(source, items.next, as);
  const base: OtherDdl = {
    type: 'otherDdl',
    kind: 'CREATE MODEL',
    targets: [path],
    expressions: items.expressions,
    range: rangeOfTokens(source, from, to),
  };
  return as < to ? { ...base, query: trainingQuery(source, as + 1, to) } : base;
};

const transformOf = (
  source: Source,
  open: number,
): { readonly expressions: readonly Expression[]; readonly next: number } => {
  const { keyword, match } = tokenAt(source, open);
  if (keyword !== '(') return refuse('syntax', 'TRANSFORM needs a list.', tokenAt(source, open));
  const items = readItems(source, open + 1, match);
  if (mentionsQuery(items))
    return refuse('unsupported', 'A query in TRANSFORM is not analysed.', tokenAt(source, open));
  return { expressions: items.map((item) => item.value), next: match + 1 };
};

const trainingQuery = (source: Source, from: number, to: number): Query => {
  if (keywordAt(source, from) === '(' && keywordAt(source, from + 2) === 'AS') {
    return refuse(
      'unsupported',
      'Training data of several parts is not analysed.',
      rangeOfTokens(source, from, to),
    );
  }
  return readQuery(source, from, to);
};

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

/** `STORING (…)` of a vector index: columns of the table that is named before. */
export const storing: Finder = (scan, index) => {
  const { source } = scan;
  const open = tokenAt(source, index + 1);
  if (keywordAt(source, index - 1) !== ')' || open.keyword !== '(') return undefined;
  mustBeConstant(source, index, open.match);
  return leaveOut(scan, index, open.match + 1);
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
