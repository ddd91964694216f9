import type { Argument, ArgumentValue, Call, DatePart, Expression, Path } from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, endOf, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertDataType } from './data-types.ts';
import { convertExpression } from './expressions.ts';
import { nameOf, objectPathOf, tokenOf } from './names.ts';
import { orderItems } from './ordering.ts';
import { convertQuery, isQuery } from './queries.ts';
import { mustBeAbsent } from './sweep.ts';
import { windowSpecification } from './windows.ts';

const dateParts: ReadonlySet<string> = new Set(
  (
    'NANOSECOND MICROSECOND MILLISECOND SECOND MINUTE HOUR DAY DAYOFWEEK DAYOFYEAR WEEK ISOWEEK MONTH QUARTER ' +
    'YEAR ISOYEAR DATE TIME DATETIME'
  ).split(' '),
);

const weekdays: ReadonlySet<string> = new Set(
  'SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY'.split(' '),
);

/** Which argument of a function is a date part. */
const datePartPositions: Readonly<Record<string, number>> = {
  DATE_TRUNC: 1,
  DATETIME_TRUNC: 1,
  TIMESTAMP_TRUNC: 1,
  TIME_TRUNC: 1,
  LAST_DAY: 1,
  DATE_DIFF: 2,
  DATETIME_DIFF: 2,
  TIMESTAMP_DIFF: 2,
  TIME_DIFF: 2,
};

export const call = (reader: Reader, node: NodeOf<'func_call'>): Expression => {
  const [first, ...rest] = objectPathOf(reader, node.name);
  const [second, ...others] = rest;
  const safe = second !== undefined && !first.quoted && first.name.toUpperCase() === 'SAFE';
  const name: Path = safe ? [second, ...others] : [first, ...rest];
  if (node.filter !== undefined) return unexpected(reader, node.filter);
  const args = node.args?.expr;
  if (isArray(name)) {
    const query = queryArgument(reader, args?.args.items[0]);
    if (query === undefined) return refuse('syntax', 'ARRAY needs a query.', rangeOf(reader, node));
    return { type: 'arrayQuery', query, range: rangeOf(reader, node) };
  }
  return { ...callOf(reader, node, name), safe };
};

const isArray = (name: Path): boolean =>
  name.length === 1 && !name[0].quoted && name[0].name.toUpperCase() === 'ARRAY';

const queryArgument = (
  reader: Reader,
  node: Node | undefined,
): ReturnType<typeof convertQuery> | undefined => {
  if (node === undefined) return undefined;
  const note = take(reader.holes.queries, startOf(reader, node));
  if (note !== undefined) return note();
  const inner: Node = node.type === 'paren_expr' ? node.expr : node;
  return isQuery(inner) ? convertQuery(reader, node) : undefined;
};

const callOf = (reader: Reader, node: NodeOf<'func_call'>, name: Path): Call => {
  const args = node.args?.expr;
  eat(reader, args?.distinctKw, args?.nullHandlingKw);
  const base: Call = {
    type: 'call',
    name,
    safe: false,
    distinct: args?.distinctKw !== undefined,
    arguments: argumentsOf(reader, args, name),
    orderBy: args?.orderBy === undefined ? [] : orderItems(reader, args.orderBy),
    range: rangeOf(reader, node),
  };
  const rows =
    node.args === undefined ? undefined : take(reader.holes.aggregates, startOf(reader, node.args));
  return {
    ...base,
    ...rows?.(),
    ...nulls(reader, args),
    ...having(reader, args),
    ...limit(reader, args),
    ...over(reader, node),
  };
};

type Arguments = NodeOf<'func_args'> | undefined;

const nulls = (reader: Reader, args: Arguments): Pick<Call, 'nulls'> => {
  const [word] = args?.nullHandlingKw ?? [];
  if (word === undefined) return {};
  return { nulls: tokenOf(reader, word).keyword === 'IGNORE' ? 'IGNORE' : 'RESPECT' };
};

const having = (reader: Reader, args: Arguments): Pick<Call, 'having'> => {
  const clause = args?.having;
  if (clause === undefined) return {};
  eat(reader, clause.havingKw, clause.minMaxKw);
  const extreme = tokenOf(reader, clause.minMaxKw).keyword === 'MIN' ? 'MIN' : 'MAX';
  return { having: { extreme, value: convertExpression(reader, clause.expr) } };
};

const limit = (reader: Reader, args: Arguments): Pick<Call, 'limit'> => {
  const clause = args?.limit;
  if (clause === undefined) return {};
  eat(reader, clause.limitKw);
  mustBeAbsent(reader, clause.offset, clause.offsetKw, clause.rowsExamined);
  if (clause.count === undefined) return unexpected(reader, clause);
  return { limit: convertExpression(reader, clause.count) };
};

const over = (reader: Reader, node: NodeOf<'func_call'>): Pick<Call, 'window'> => {
  if (node.over === undefined) return {};
  eat(reader, node.over.overKw);
  const { window } = node.over;
  if (window.type === 'paren_expr') return { window: windowSpecification(reader, window) };
  const base = nameOf(reader, window);
  return { window: { base, partitionBy: [], orderBy: [], range: base.range } };
};

export const argumentsOf = (reader: Reader, args: Arguments, name: Path): readonly Argument[] => {
  const datePartAt = name.length === 1 ? datePartPositions[name[0].name.toUpperCase()] : undefined;
  return (args?.args.items ?? []).map((item, index) => {
    const part = index === datePartAt ? datePart(reader, item) : undefined;
    if (part === undefined) return argument(reader, item);
    return { value: { type: 'expression', expression: part }, range: part.range };
  });
};

const argument = (reader: Reader, node: Node): Argument => {
  const range = rangeOf(reader, node);
  if (node.type !== 'named_arg') return { value: argumentValue(reader, node), range };
  if (node.operator !== '=>') return unexpected(reader, node);
  return { name: nameOf(reader, node.name), value: argumentValue(reader, node.value), range };
};

const argumentValue = (reader: Reader, node: Node): ArgumentValue => {
  const note = take(reader.holes.arguments, startOf(reader, node));
  if (note !== undefined) return note();
  if (node.type === 'all_columns') return { type: 'star' };
  if (isQuery(node)) return tableArgument(reader, node);
  if (node.type !== 'alias') return { type: 'expression', expression: convertExpression(reader, node) };
  eat(reader, node.asKw);
  mustBeAbsent(reader, node.columnAliases);
  const expression = convertExpression(reader, node.expr);
  return { type: 'expression', expression, alias: nameOf(reader, node.alias) };
};

/** `f(TABLE t)`. */
const tableArgument = (reader: Reader, node: Node): ArgumentValue => {
  const clause = node.type === 'select_stmt' ? node.clauses[0] : undefined;
  if (clause?.type !== 'table_clause')
    return refuse('syntax', 'A query as an argument needs parentheses.', rangeOf(reader, node));
  eat(reader, clause.tableKw);
  if (node.type === 'select_stmt' && node.clauses.length > 1) return unexpected(reader, node);
  return { type: 'table', path: objectPathOf(reader, clause.table) };
};

/** `DAY`, `WEEK(MONDAY)`; undefined where the argument is something else. */
const datePart = (reader: Reader, node: Node): DatePart | undefined => {
  const range = rangeOf(reader, node);
  if (node.type === 'identifier') {
    const token = tokenOf(reader, node);
    if (!dateParts.has(token.keyword)) return undefined;
    eat(reader, node);
    return { type: 'datePart', part: token.keyword, range };
  }
  if (node.type !== 'func_call' || node.name.type !== 'identifier') return undefined;
  const day = node.args?.expr.args.items[0];
  const weekday = day?.type === 'identifier' ? tokenOf(reader, day).keyword : '';
  if (tokenOf(reader, node.name).keyword !== 'WEEK' || !weekdays.has(weekday)) return undefined;
  if (day?.type === 'identifier') eat(reader, node.name, day);
  return { type: 'datePart', part: 'WEEK', weekday, range };
};

export const cast = (reader: Reader, node: NodeOf<'cast_expr'>): Expression => {
  const arg = node.args.expr;
  eat(reader, node.castKw, arg.asKw);
  const zone = take(reader.holes.timeZones, endOf(reader, arg));
  const operand = convertExpression(reader, arg.expr);
  const dataType = convertDataType(reader, arg.dataType);
  const format = castFormat(reader, arg.format);
  return {
    type: 'cast',
    safe: tokenOf(reader, node.castKw).keyword === 'SAFE_CAST',
    operand,
    dataType,
    range: rangeOf(reader, node),
    ...format,
    ...(zone === undefined ? {} : { timeZone: zone() }),
  };
};

const castFormat = (
  reader: Reader,
  node: NodeOf<'cast_format'> | undefined,
): { format?: Expression; timeZone?: Expression } => {
  if (node === undefined) return {};
  eat(reader, node.formatKw);
  const format = convertExpression(reader, node.string);
  if (node.timezone === undefined) return { format };
  eat(reader, node.timezone.atTimeZoneKw);
  return { format, timeZone: convertExpression(reader, node.timezone.timezone) };
};

export const extract = (reader: Reader, node: NodeOf<'extract_expr'>): Expression => {
  const inner = node.args.expr;
  eat(reader, node.extractKw, inner.fromKw);
  const zone = take(reader.holes.timeZones, endOf(reader, inner));
  const part = extractPart(reader, inner.unit);
  const from = convertExpression(reader, inner.expr);
  const range = rangeOf(reader, node);
  return { type: 'extract', part, from, range, ...(zone === undefined ? {} : { timeZone: zone() }) };
};

const extractPart = (reader: Reader, unit: NodeOf<'interval_unit' | 'week_expr'>): DatePart => {
  const range = rangeOf(reader, unit);
  if (unit.type === 'week_expr') {
    eat(reader, unit.weekKw, unit.args.expr);
    return { type: 'datePart', part: 'WEEK', weekday: tokenOf(reader, unit.args.expr).keyword, range };
  }
  eat(reader, unit.unitKw);
  mustBeAbsent(reader, unit.precision);
  const part = tokenOf(reader, unit).keyword;
  if (!dateParts.has(part)) return refuse('syntax', 'A date part that GoogleSQL does not know.', range);
  return { type: 'datePart', part, range };
};
