import type {
  CommonTable,
  DataType,
  Expression,
  FromItem,
  Join,
  Name,
  OrderItem,
  Query,
  Script,
  Select,
  SelectItem,
  SetOperation,
} from '../ast/index.ts';
import { convertQuery } from './convert/queries.ts';
import { convertStatements } from './convert/statements.ts';
import { buildFragment } from './fragment.ts';
import { findHoles } from './holes/finders.ts';
import { checkEaten, type Reader } from './reader.ts';
import { refuse } from './refusal.ts';
import { rangeOfTokens, type Source } from './source.ts';
import { readTree, type Program } from './tree.ts';

/** How a part of a text is made a text that the parser reads. */
interface Frame {
  readonly prefix: string;
  readonly suffix: string;
  /** The clause that the part stands in. */
  readonly clause: string;
}

/** Reads the tokens from one index up to another as a text of its own, and checks the reading. */
const readFragment = <Result>(
  source: Source,
  range: { readonly from: number; readonly to: number },
  frame: Frame,
  convert: (reader: Reader, program: Program) => Result,
): Result => {
  const { from, to } = range;
  const place = rangeOfTokens(source, from, to);
  if (from >= to) return refuse('syntax', 'Something is missing here.', place);
  const holes = findHoles(source, { from, to, clause: frame.clause });
  const fragment = buildFragment(source.safe, place, holes.edits, frame);
  const reader: Reader = { source, fragment, holes, from, to, eaten: new Map() };
  const result = convert(reader, readTree(fragment, place));
  checkEaten(reader);
  return result;
};

export const readScript = (source: Source): Script => {
  const range = { start: 0, end: source.text.length };
  const all = { from: 0, to: source.tokens.length };
  if (source.tokens.length === 0) return { type: 'script', statements: [], range };
  const frame = { prefix: '', suffix: '', clause: '' };
  return { type: 'script', statements: readFragment(source, all, frame, convertStatements), range };
};

const onlyStatement = (reader: Reader, program: Program): Program['statements'][number] => {
  const [only, ...others] = program.statements.filter((statement) => statement.type !== 'empty');
  if (only !== undefined && others.length === 0) return only;
  return refuse('syntax', 'One statement is expected.', rangeOfTokens(reader.source, reader.from, reader.to));
};

export const readQuery = (source: Source, from: number, to: number): Query =>
  readFragment(source, { from, to }, { prefix: '', suffix: '', clause: '' }, (reader, program) =>
    convertQuery(reader, onlyStatement(reader, program)),
  );

/** The SELECT that was made around a part of the text, which must be no more than its frame. */
const readFramed = (
  source: Source,
  from: number,
  to: number,
  frame: Frame,
  allowed: readonly (keyof Select)[],
): Query =>
  readFragment(source, { from, to }, frame, (reader, program) => {
    const query = convertQuery(reader, onlyStatement(reader, program));
    const plain = query.with === undefined && query.limit === undefined && query.offset === undefined;
    const ordered = query.orderBy.length > 0 && frame.clause !== 'ORDER';
    const { body } = query;
    if (!plain || ordered || body.type !== 'select' || !hasOnly(body, allowed)) {
      return refuse(
        'syntax',
        'This part of the text holds more than it should.',
        rangeOfTokens(source, from, to),
      );
    }
    return query;
  });

const optionalClauses: readonly (keyof Select)[] = [
  'from',
  'where',
  'groupBy',
  'having',
  'qualify',
  'as',
  'privacy',
];

const hasOnly = (select: Select, allowed: readonly (keyof Select)[]): boolean =>
  optionalClauses.every((clause) => select[clause] === undefined || allowed.includes(clause)) &&
  (select.windows.length === 0 || allowed.includes('windows')) &&
  (!select.distinct || allowed.includes('distinct'));

const selectOf = (query: Query): Select =>
  query.body.type === 'select' ? query.body : refuse('syntax', 'A SELECT is expected.', query.range);

/** A list as in SELECT, stars included. */
export const readSelectItems = (source: Source, from: number, to: number): readonly SelectItem[] =>
  selectOf(readFramed(source, from, to, { prefix: 'SELECT ', suffix: '', clause: 'SELECT' }, [])).items;

export interface Item {
  readonly value: Expression;
  readonly alias?: Name;
}

/** Expressions with or without an alias, separated by commas. */
export const readItems = (source: Source, from: number, to: number): readonly Item[] =>
  readSelectItems(source, from, to).map((item) => {
    if (item.type !== 'selectExpression') return refuse('syntax', 'A star has no place here.', item.range);
    return item.alias === undefined ? { value: item.value } : { value: item.value, alias: item.alias };
  });

export const readItem = (source: Source, from: number, to: number): Item => {
  const [only, ...others] = readItems(source, from, to);
  if (only !== undefined && others.length === 0) return only;
  return refuse('syntax', 'One expression is expected.', rangeOfTokens(source, from, to));
};

export const readExpression = (source: Source, from: number, to: number): Expression => {
  const { value, alias } = readItem(source, from, to);
  return alias === undefined ? value : refuse('syntax', 'A name has no place here.', alias.range);
};

export const readDataType = (source: Source, from: number, to: number): DataType => {
  const frame = { prefix: 'SELECT CAST(NULL AS ', suffix: ')', clause: '' };
  const [item] = selectOf(readFramed(source, from, to, frame, [])).items;
  const cast = item?.type === 'selectExpression' ? item.value : undefined;
  if (cast?.type === 'cast') return cast.dataType;
  return refuse('syntax', 'A type is expected.', rangeOfTokens(source, from, to));
};

export const readFrom = (source: Source, from: number, to: number): FromItem => {
  const frame = { prefix: 'SELECT * FROM ', suffix: '', clause: 'FROM' };
  const item = selectOf(readFramed(source, from, to, frame, ['from'])).from;
  return item ?? refuse('syntax', 'A table is expected.', rangeOfTokens(source, from, to));
};

export const readOrderBy = (source: Source, from: number, to: number): readonly OrderItem[] =>
  readFramed(source, from, to, { prefix: 'SELECT * ORDER BY ', suffix: '', clause: 'ORDER' }, []).orderBy;

export const readGroupBy = (source: Source, from: number, to: number): NonNullable<Select['groupBy']> => {
  const frame = { prefix: 'SELECT * GROUP BY ', suffix: '', clause: 'GROUP' };
  const clause = selectOf(readFramed(source, from, to, frame, ['groupBy'])).groupBy;
  return clause ?? refuse('syntax', 'A list is expected.', rangeOfTokens(source, from, to));
};

export const readWindows = (source: Source, from: number, to: number): Select['windows'] =>
  selectOf(
    readFramed(source, from, to, { prefix: 'SELECT * WINDOW ', suffix: '', clause: 'WINDOW' }, ['windows']),
  ).windows;

/** The SELECT of a pipe, which has no clauses but WINDOW. */
export const readPipeSelect = (source: Source, from: number, to: number): Select =>
  selectOf(
    readFramed(source, from, to, { prefix: '', suffix: '', clause: 'PIPE' }, ['distinct', 'as', 'windows']),
  );

/** `JOIN t ON …` with a nameless table on its left. */
export const readJoin = (source: Source, from: number, to: number): Join => {
  const frame = { prefix: 'SELECT * FROM _ ', suffix: '', clause: 'FROM' };
  const item = selectOf(readFramed(source, from, to, frame, ['from'])).from;
  if (item?.type === 'join' && item.left.type === 'table') return item;
  return refuse('syntax', 'One join is expected.', rangeOfTokens(source, from, to));
};

/** `UNION ALL (…)` with an empty query on its left. */
export const readSetOperation = (source: Source, from: number, to: number): SetOperation =>
  readFragment(
    source,
    { from, to },
    { prefix: 'SELECT * ', suffix: '', clause: 'PIPE' },
    (reader, program) => {
      const { body } = convertQuery(reader, onlyStatement(reader, program));
      if (body.type === 'setOperation' && body.left.type === 'select') return body;
      return refuse('syntax', 'A set operation is expected.', rangeOfTokens(source, from, to));
    },
  );

/** `WITH a AS (…), b AS (…)`. */
export const readCommonTables = (source: Source, from: number, to: number): readonly CommonTable[] =>
  readFragment(
    source,
    { from, to },
    { prefix: '', suffix: ' SELECT *', clause: 'PIPE' },
    (reader, program) => {
      const query = convertQuery(reader, onlyStatement(reader, program));
      if (query.with !== undefined && !query.with.recursive) return query.with.tables;
      return refuse('unsupported', 'WITH of this form is not analysed.', rangeOfTokens(source, from, to));
    },
  );
