import type { Call } from '../../../../../sql/ast/index.ts';
import { unsupported } from '../../engine-error.ts';
import { arrayOf, bool, int64, isScalar, scalar, string, type SqlType } from '../../type/sql-type.ts';
import { coerce, commonType } from '../coerce.ts';
import { printCondition } from '../conditional.ts';
import { printExpression } from '../expression.ts';
import { intervalSql } from '../interval.ts';
import type { Scope } from '../scope.ts';
import type { Typed } from '../typed.ts';
import {
  functionName,
  mismatch,
  overloads,
  printArguments,
  signature,
  valueArgument,
  type FunctionTable,
  type Handler,
} from './signature.ts';

/** A function of one array, typed by its element. */
const overArray =
  (print: (array: string) => string, type: (element: SqlType) => SqlType): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    const [array] = values;
    if (array?.type.kind !== 'array' || values.length !== 1) throw mismatch(call, values, scope);
    return { sql: print(array.sql), type: type(array.type.element) };
  };

const concat: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const type = commonType(values);
  const coerced = type?.kind === 'array' ? values.map((value) => coerce(value, type)) : [];
  if (type?.kind !== 'array' || coerced.includes(undefined)) throw mismatch(call, values, scope);
  return {
    sql: coerced
      .map((value) => value?.sql ?? '')
      .reduce((left, right) => `bq_concat_lists(${left}, ${right})`),
    type,
  };
};

const toString: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const array = values[0] && (coerce(values[0], arrayOf(string)) ?? undefined);
  const [delimiter, whenNull] = values.slice(1).map((value) => coerce(value, string)?.sql);
  if (array === undefined || delimiter === undefined || values.length > 3)
    throw mismatch(call, values, scope);
  if (values.length === 3) {
    const filled = `list_transform(${array.sql}, lambda e: COALESCE(e, ${whenNull}))`;
    return { sql: `array_to_string(${filled}, ${delimiter})`, type: string };
  }
  return {
    sql: `array_to_string(list_filter(${array.sql}, lambda e: e IS NOT NULL), ${delimiter})`,
    type: string,
  };
};

/** Element functions that fail or answer NULL on an empty array, as ARRAY_FIRST does. */
const end = (index: string, name: string): Handler =>
  overArray(
    (array) => `${array}[bq_nonempty(CAST(len(${array}) AS BIGINT), ${index}, '${name}')]`,
    (element) => element,
  );

const includes: Handler = (call, scope) => {
  if (call.arguments[1]?.value.type === 'lambda') return lambdaTest(call, scope);
  const values = printArguments(call, scope);
  const [array, wanted] = values;
  if (array?.type.kind !== 'array' || wanted === undefined) throw mismatch(call, values, scope);
  const value = coerce(wanted, array.type.element);
  if (value === undefined) throw mismatch(call, values, scope);
  return {
    sql: `(CASE WHEN ${array.sql} IS NULL OR ${value.sql} IS NULL THEN NULL ELSE list_contains(${array.sql}, ${value.sql}) END)`,
    type: bool,
  };
};

function lambdaTest(call: Call, scope: Scope): Typed {
  const { array, body } = lambdaOf(call, scope, (node, inner) => printCondition(node, inner, 'lambda'));
  return { sql: `(len(list_filter(${array.sql}, ${body})) > 0)`, type: bool };
}

const filter: Handler = (call, scope) => {
  const { array, body } = lambdaOf(call, scope, (node, inner) => printCondition(node, inner, 'lambda'));
  return { sql: `list_filter(${array.sql}, ${body})`, type: array.type };
};

const transform: Handler = (call, scope) => {
  let element: SqlType = int64;
  const { array, body } = lambdaOf(call, scope, (node, inner) => {
    const value = printExpression(node, inner);
    element = value.type;
    return value.sql;
  });
  return { sql: `list_transform(${array.sql}, ${body})`, type: arrayOf(element) };
};

type LambdaBody = Extract<Call['arguments'][number]['value'], { type: 'lambda' }>['body'];

function lambdaOf(
  call: Call,
  scope: Scope,
  print: (node: LambdaBody, inner: Scope) => string,
): { readonly array: Typed; readonly body: string } {
  const array = valueArgument(call, 0, scope);
  const lambda = call.arguments[1]?.value;
  if (array.type.kind !== 'array' || lambda?.type !== 'lambda') throw mismatch(call, [array], scope);
  const { element } = array.type;
  const names = lambda.parameters.map(() => scope.context.trace.fresh('e'));
  const columns = lambda.parameters.map((parameter, index) => ({
    name: parameter.name,
    sql: index === 0 ? (names[0] ?? '') : `CAST(${names[1]} - 1 AS BIGINT)`,
    type: index === 0 ? element : int64,
  }));
  const inner: Scope = {
    context: scope.context,
    tables: scope.tables,
    parent: scope,
    sources: [{ columns }],
  };
  const sql = print(lambda.body, inner);
  if (/\bSELECT\b/.test(sql)) throw unsupported(`a subquery in the lambda of ${functionName(call)}`);
  return { array, body: `lambda ${names.join(', ')}: ${sql}` };
}

const generateArray = overloads(
  signature('INT64, INT64 -> ARRAY<INT64>', (from, to) => `bq_generate_array(${from}, ${to}, 1::BIGINT)`),
  signature(
    'INT64, INT64, INT64 -> ARRAY<INT64>',
    (from, to, step) => `bq_generate_array(${from}, ${to}, ${step})`,
  ),
  signature('NUMERIC, NUMERIC -> ARRAY<NUMERIC>', (from, to) => decimals(from, to, '1')),
  signature('NUMERIC, NUMERIC, NUMERIC -> ARRAY<NUMERIC>', decimals),
  signature('FLOAT64, FLOAT64 -> ARRAY<FLOAT64>', (from, to) => floats(from, to, '1')),
  signature('FLOAT64, FLOAT64, FLOAT64 -> ARRAY<FLOAT64>', floats),
);

function floats(...[from = '', to = '', step = '']: string[]): string {
  return `list_transform(bq_generate_array(0::BIGINT, CAST(floor((${to} - ${from}) / ${step}) AS BIGINT), 1::BIGINT), lambda e: ${from} + e * ${step})`;
}

function decimals(...[from = '', to = '', step = '']: string[]): string {
  return `list_transform(bq_generate_array(0::BIGINT, CAST(floor((${to} - ${from}) / ${step}) AS BIGINT), 1::BIGINT), lambda e: CAST(${from} + e * ${step} AS DECIMAL(38,9)))`;
}

/** GENERATE_DATE_ARRAY and GENERATE_TIMESTAMP_ARRAY: from, to, INTERVAL n part. */
const generateTimes =
  (kind: 'DATE' | 'TIMESTAMP'): Handler =>
  (call, scope) => {
    const [from, to] = [0, 1].map((index) => coerce(valueArgument(call, index, scope), scalar(kind)));
    const step = call.arguments[2]?.value;
    const interval =
      step?.type === 'expression' && step.expression.type === 'interval' ? step.expression : undefined;
    if (
      from === undefined ||
      to === undefined ||
      (interval === undefined && (step !== undefined || kind === 'TIMESTAMP'))
    ) {
      throw mismatch(call, [], scope);
    }
    const amount =
      interval === undefined ? '1::BIGINT' : coerce(printExpression(interval.value, scope), int64)?.sql;
    if (amount === undefined) throw mismatch(call, [], scope);
    const unit = interval?.unit ?? 'DAY';
    const physical = kind === 'DATE' ? 'DATE' : 'TIMESTAMPTZ';
    const months = monthsOf[unit];
    const series =
      months === undefined
        ? `generate_series(CAST(timezone('UTC', ${asInstant(from, kind)}) AS TIMESTAMP), CAST(timezone('UTC', ${asInstant(to, kind)}) AS TIMESTAMP), ${intervalSql(`bq_step(${amount})`, unit)})`
        : `bq_month_series(CAST(${from.sql} AS TIMESTAMP), CAST(${to.sql} AS TIMESTAMP), bq_step(${amount}) * ${months})`;
    const element = kind === 'DATE' ? 'CAST(e AS DATE)' : `timezone('UTC', e)`;
    const list = `CAST(list_transform(${series}, lambda e: ${element}) AS ${physical}[])`;
    return {
      sql: `(CASE WHEN ${from.sql} IS NULL OR ${to.sql} IS NULL OR ${amount} IS NULL THEN NULL ELSE ${list} END)`,
      type: arrayOf(scalar(kind)),
    };
  };

/** Steps of months count from the first date, so that the 31st comes back after a short month. */
const monthsOf: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };

function asInstant(value: Typed, kind: 'DATE' | 'TIMESTAMP'): string {
  return kind === 'DATE' ? `timezone('UTC', CAST(${value.sql} AS TIMESTAMP))` : value.sql;
}

export const arrayFunctions: FunctionTable = {
  ARRAY_LENGTH: overArray(
    (array) => `CAST(len(${array}) AS BIGINT)`,
    () => int64,
  ),
  ARRAY_REVERSE: overArray((array) => `list_reverse(${array})`, arrayOf),
  ARRAY_CONCAT: concat,
  ARRAY_TO_STRING: toString,
  ARRAY_FIRST: end('1', 'ARRAY_FIRST'),
  ARRAY_LAST: end('-1', 'ARRAY_LAST'),
  ARRAY_INCLUDES: includes,
  ARRAY_FILTER: filter,
  ARRAY_TRANSFORM: transform,
  ARRAY_IS_DISTINCT: overArray(
    (array) => `bq_is_distinct(${array})`,
    () => bool,
  ),
  ARRAY_SLICE: (call, scope) => {
    const values = printArguments(call, scope);
    const [array, from, to] = values;
    if (array?.type.kind !== 'array' || from === undefined || to === undefined)
      throw mismatch(call, values, scope);
    return { sql: `bq_slice(${array.sql}, ${from.sql}, ${to.sql})`, type: array.type };
  },
  ...Object.fromEntries(
    (['SUM', 'AVG', 'MIN', 'MAX'] as const).map((name) => [`ARRAY_${name}`, arrayAggregate(name)]),
  ),
  GENERATE_ARRAY: generateArray,
  GENERATE_DATE_ARRAY: generateTimes('DATE'),
  GENERATE_TIMESTAMP_ARRAY: generateTimes('TIMESTAMP'),
};

function arrayAggregate(name: 'SUM' | 'AVG' | 'MIN' | 'MAX'): Handler {
  return (call, scope) => {
    const values = printArguments(call, scope);
    const [array] = values;
    if (array?.type.kind !== 'array') throw mismatch(call, values, scope);
    const { element } = array.type;
    const sql = `list_${name.toLowerCase()}(${array.sql})`;
    if (name === 'MIN' || name === 'MAX') return { sql, type: element };
    if (isScalar(element, 'FLOAT64')) return { sql, type: element };
    if (!isScalar(element, 'INT64')) throw unsupported(`${functionName(call)} of this element type`);
    return name === 'SUM' ? { sql: `CAST(${sql} AS BIGINT)`, type: int64 } : { sql, type: scalar('FLOAT64') };
  };
}
