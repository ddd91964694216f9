import type { OtherDdl, Path } from '../../ast/index.ts';
import { readExpression } from '../read.ts';
import type { Region } from '../pipes/regions.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { mustBeConstant } from './constants.ts';
import { readPath } from './paths.ts';
import { splitAtCommas } from './scan.ts';

/** A statement that names one object and sets constants: what the object is, and what may follow its name. */
interface Form {
  readonly object: OtherDdl['object'];
  readonly clauses: readonly Clause[];
  /** An index has a name of its own, then the table. */
  readonly on?: true;
}

type Clause =
  | '('
  | 'ADD REPLICA'
  | 'CASCADE'
  | 'DROP REPLICA'
  | 'OPTIONS'
  | 'PARTITION BY'
  | 'REBUILD'
  | 'RESTRICT'
  | 'SET OPTIONS'
  | 'STORING'
  | 'WITH CONNECTION';

const options: readonly Clause[] = ['OPTIONS'];
const setOptions: readonly Clause[] = ['SET OPTIONS'];
const ends: readonly Clause[] = ['CASCADE', 'RESTRICT'];
const connected: readonly Clause[] = ['WITH CONNECTION', 'OPTIONS'];
const indexed: readonly Clause[] = ['STORING', 'PARTITION BY', 'OPTIONS'];

const forms: Readonly<Record<string, Form>> = {
  'ALTER CONNECTION': { object: 'other', clauses: setOptions },
  'ALTER DATA_POLICY': { object: 'other', clauses: setOptions },
  'ALTER EXTERNAL SCHEMA': { object: 'other', clauses: setOptions },
  'ALTER FUNCTION': { object: 'routine', clauses: setOptions },
  'ALTER MODEL': { object: 'model', clauses: setOptions },
  'ALTER PROCEDURE': { object: 'routine', clauses: setOptions },
  'ALTER SEARCH INDEX': { object: 'table', clauses: setOptions, on: true },
  'ALTER TABLE FUNCTION': { object: 'routine', clauses: setOptions },
  'ALTER VECTOR INDEX': { object: 'table', clauses: ['REBUILD', 'SET OPTIONS'], on: true },
  'CREATE CONNECTION': { object: 'other', clauses: options },
  'CREATE DATA_POLICY': { object: 'other', clauses: options },
  'CREATE EXTERNAL SCHEMA': { object: 'other', clauses: connected },
  'CREATE SEARCH INDEX': { object: 'table', clauses: ['(', ...indexed], on: true },
  'CREATE VECTOR INDEX': { object: 'table', clauses: ['(', ...indexed], on: true },
  'DROP CONNECTION': { object: 'other', clauses: [] },
  'DROP DATA_POLICY': { object: 'other', clauses: [] },
  'DROP EXTERNAL SCHEMA': { object: 'other', clauses: ends },
  'DROP MODEL': { object: 'model', clauses: [] },
  'DROP PROPERTY GRAPH': { object: 'other', clauses: [] },
  'DROP SEARCH INDEX': { object: 'table', clauses: [], on: true },
  'DROP VECTOR INDEX': { object: 'table', clauses: [], on: true },
  'EXPORT MODEL': { object: 'model', clauses: connected },
  'UNDROP SCHEMA': { object: 'other', clauses: options },
};

/** The statement that starts here, if it is one of those. */
export const objectStatement = (
  source: Source,
  from: number,
): ((source: Source, region: Region) => OtherDdl) | undefined => {
  const verb = keywordAt(source, from);
  const at = afterReplace(source, from);
  const found = [3, 2, 1]
    .map((length) => ({ length, kind: [verb, ...words(source, at, length)].join(' ') }))
    .find(({ kind }) => Object.hasOwn(forms, kind));
  const form = found === undefined ? undefined : forms[found.kind];
  if (found !== undefined && form !== undefined)
    return (_source, region) =>
      readForm(source, region, { ...form, kind: found.kind, at: at + found.length });
  if (verb === 'ALTER' && keywordAt(source, from + 1) === 'SCHEMA') return replicaStatement(source, from);
  return undefined;
};

export const afterReplace = (source: Source, from: number): number =>
  keywordAt(source, from + 1) === 'OR' && keywordAt(source, from + 2) === 'REPLACE' ? from + 3 : from + 1;

const words = (source: Source, from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => keywordAt(source, from + index));

/** `ALTER SCHEMA d ADD REPLICA r`: the parser knows the other forms. */
const replicaStatement = (source: Source, from: number): ReturnType<typeof objectStatement> => {
  const { next } = nameAfter(source, from + 2);
  if (keywordAt(source, next + 1) !== 'REPLICA') return undefined;
  const form = { object: 'other', clauses: ['ADD REPLICA', 'DROP REPLICA', 'OPTIONS'] } as const;
  return (_source, region) => readForm(source, region, { ...form, kind: 'ALTER SCHEMA', at: from + 2 });
};

const readForm = (
  source: Source,
  { from, to }: Region,
  form: Form & { readonly kind: string; readonly at: number },
): OtherDdl => {
  const own = nameAfter(source, form.at);
  const { path, next } = form.on === true ? tableAfter(source, own.next) : own;
  readClauses(source, next, to, form.clauses);
  return {
    type: 'otherDdl',
    kind: form.kind,
    object: form.object,
    targets: [path],
    expressions: [],
    range: rangeOfTokens(source, from, to),
  };
};

/** The name after `IF [NOT] EXISTS`. */
export const nameAfter = (source: Source, index: number): { readonly path: Path; readonly next: number } => {
  const conditional = keywordAt(source, index) === 'IF' && keywordAt(source, index + 1) !== '.';
  if (!conditional) return readPath(source, index);
  return readPath(source, keywordAt(source, index + 1) === 'NOT' ? index + 3 : index + 2);
};

const tableAfter = (source: Source, index: number): ReturnType<typeof nameAfter> =>
  keywordAt(source, index) === 'ON'
    ? readPath(source, index + 1)
    : refuse('syntax', 'The table of the index is missing.', tokenAt(source, index));

type End = (source: Source, index: number) => number;

const nothingMore: End = (_source, index) => index;
const pastName: End = (source, index) => readPath(source, index).next;

/** Past a list in parentheses, in which nothing reads data. */
const pastList: End = (source, open) => {
  const { keyword, match } = tokenAt(source, open);
  if (keyword !== '(') return refuse('syntax', 'A list is expected.', tokenAt(source, open));
  mustBeConstant(source, open, match);
  return match + 1;
};

/** Where each clause ends, from the index after its words. */
const clauses: Readonly<Record<Clause, End>> = {
  '(': (source, index) => pastList(source, index - 1),
  'ADD REPLICA': pastName,
  CASCADE: nothingMore,
  'DROP REPLICA': pastName,
  OPTIONS: pastList,
  'PARTITION BY': (source, index) =>
    keywordAt(source, index + 1) === '(' ? pastList(source, index + 1) : pastName(source, index),
  REBUILD: nothingMore,
  RESTRICT: nothingMore,
  'SET OPTIONS': pastList,
  STORING: pastList,
  'WITH CONNECTION': (source, index) =>
    keywordAt(source, index) === 'DEFAULT' ? index + 1 : pastName(source, index),
};

/** Reads the clauses up to the end of the statement; one that does not belong there is refused. */
export const readClauses = (source: Source, from: number, to: number, allowed: readonly Clause[]): void => {
  let index = from;
  while (index < to) {
    const at = index;
    const name = allowed.find((clause) => clause === words(source, at, clause.split(' ').length).join(' '));
    if (name === undefined) {
      refuse('unsupported', 'This part of the statement is not analysed.', rangeOfTokens(source, at, to));
      return;
    }
    index = clauses[name](source, at + name.split(' ').length);
  }
};

const granted: Readonly<Record<string, OtherDdl['object']>> = {
  CONNECTION: 'other',
  DATA_POLICY: 'other',
  'EXTERNAL TABLE': 'table',
  FUNCTION: 'routine',
  'MATERIALIZED VIEW': 'table',
  PROCEDURE: 'routine',
  ROUTINE: 'routine',
  SCHEMA: 'other',
  TABLE: 'table',
  'TABLE FUNCTION': 'routine',
  VIEW: 'table',
};

/** ``GRANT `roles/viewer` ON TABLE d.t TO 'user:a'``, and REVOKE … FROM. */
export const grantStatement = (source: Source, { from, to }: Region): OtherDdl => {
  const kind = keywordAt(source, from);
  const on = pastNames(source, from + 1);
  const type = [2, 1]
    .map((length) => words(source, on + 1, length))
    .find((each) => Object.hasOwn(granted, each.join(' ')));
  const object = type === undefined ? undefined : granted[type.join(' ')];
  if (keywordAt(source, on) !== 'ON' || type === undefined || object === undefined) {
    return refuse('unsupported', `${kind} of this form is not analysed.`, rangeOfTokens(source, from, to));
  }
  const { path, next } = readPath(source, on + 1 + type.length);
  if (keywordAt(source, next) !== (kind === 'GRANT' ? 'TO' : 'FROM'))
    return refuse('syntax', 'Somebody is expected here.', tokenAt(source, next));
  for (const part of splitAtCommas(source, next + 1, to)) principal(source, part);
  const range = rangeOfTokens(source, from, to);
  return { type: 'otherDdl', kind, object, targets: [path], expressions: [], range };
};

/** Past the roles, which are names. */
const pastNames = (source: Source, index: number): number => {
  const { next } = readPath(source, index);
  return keywordAt(source, next) === ',' ? pastNames(source, next + 1) : next;
};

const principal = (source: Source, { from, to }: Region): void => {
  const { type, range } = readExpression(source, from, to);
  if (type !== 'literal' && type !== 'parameter') refuse('syntax', 'A principal is a string.', range);
};
