import { float64, int64, isScalar, numeric, type SqlType } from '../../type/sql-type.ts';
import { isNumber } from '../../type/supertype.ts';
import { coerce, commonType } from '../coerce.ts';
import { quotient } from '../operator.ts';
import { safely } from '../safely.ts';
import type { Typed } from '../typed.ts';
import {
  mismatch,
  one,
  overloads,
  printArguments,
  signature,
  type FunctionTable,
  type Handler,
} from './signature.ts';

const toFloat = (print: (...values: string[]) => string, count = 1): Handler =>
  one(`${Array.from({ length: count }, () => 'FLOAT64').join(', ')} -> FLOAT64`, print);

/** A function that keeps the type of its number. */
const keeping = (print: (value: string) => string): Handler =>
  overloads(
    signature('INT64 -> INT64', print),
    signature('NUMERIC -> NUMERIC', (value) => `CAST(${print(value)} AS DECIMAL(38,9))`),
    signature('BIGNUMERIC -> BIGNUMERIC', (value) => `CAST(${print(value)} AS DECIMAL(38,18))`),
    signature('FLOAT64 -> FLOAT64', print),
  );

/** ROUND, CEIL and the like make a FLOAT64 of an INT64. */
const rounding = (print: (value: string) => string): Handler =>
  overloads(
    signature('FLOAT64 -> FLOAT64', print),
    signature('NUMERIC -> NUMERIC', (value) => `CAST(${print(value)} AS DECIMAL(38,9))`),
    signature('BIGNUMERIC -> BIGNUMERIC', (value) => `CAST(${print(value)} AS DECIMAL(38,18))`),
  );

/** Computed over a double, whose digits reach for NUMERICs up to a million; others are refused. */
const overDouble = (print: (...values: string[]) => string, count = 1): Handler => {
  const types = (name: string): string => Array.from({ length: count }, () => name).join(', ');
  return overloads(
    signature(`${types('FLOAT64')} -> FLOAT64`, print),
    signature(
      `${types('NUMERIC')} -> NUMERIC`,
      (...values) => `bq_numeric_of(${print(...values.map((value) => `CAST(${value} AS DOUBLE)`))})`,
    ),
  );
};

const round: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const first = values[0];
  const value = first && numberOf(first, isScalar(first.type, 'NUMERIC') ? numeric : float64);
  const digits = values[1] === undefined ? '0' : coerce(values[1], int64)?.sql;
  if (value === undefined || digits === undefined || values.length > 2) throw mismatch(call, values, scope);
  if (isScalar(value.type, 'NUMERIC')) {
    const places =
      values[1]?.literal?.kind === 'integer'
        ? Number(values[1].literal.value)
        : values.length === 1
          ? 0
          : undefined;
    const sql =
      places === undefined
        ? `bq_round_numeric(CAST(${value.sql} AS VARCHAR), ${digits})`
        : `round(${value.sql}, ${places})`;
    return { sql: `CAST(${sql} AS DECIMAL(38,9))`, type: numeric };
  }
  return { sql: `bq_round(${value.sql}, CAST(${digits} AS BIGINT))`, type: float64 };
};

function numberOf(value: Typed, type: SqlType): Typed | undefined {
  return isNumber(value.type) || value.type.kind === 'null' ? coerce(value, type) : undefined;
}

const trunc = overloads(
  signature('FLOAT64 -> FLOAT64', (value) => `trunc(${value})`),
  signature('NUMERIC -> NUMERIC', (value) => `CAST(trunc(${value}) AS DECIMAL(38,9))`),
  signature(
    'NUMERIC, INT64 -> NUMERIC',
    (value, digits) => `CAST(bq_trunc_numeric(CAST(${value} AS VARCHAR), ${digits}) AS DECIMAL(38,9))`,
  ),
  signature('FLOAT64, INT64 -> FLOAT64', (value, digits) => `bq_trunc(${value}, ${digits})`),
);

/** The greatest or least of all; NULL if any is. */
const extreme =
  (name: 'greatest' | 'least'): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    const type = commonType(values);
    const coerced = type === undefined ? [] : values.map((value) => coerce(value, type));
    if (type === undefined || values.length === 0 || coerced.includes(undefined))
      throw mismatch(call, values, scope);
    const anyNull = coerced.map((value) => `${value?.sql} IS NULL`).join(' OR ');
    return {
      sql: `(CASE WHEN ${anyNull} THEN NULL ELSE ${name}(${coerced.map((value) => value?.sql).join(', ')}) END)`,
      type,
    };
  };

const safeDivide: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const type = commonType(values);
  const [left, right] = values;
  const result = type !== undefined && isScalar(type, 'NUMERIC') ? numeric : float64;
  const divided =
    left && right && values.length === 2 && isNumberOrNull(type) ? quotient(left, right, result) : undefined;
  if (divided === undefined) throw mismatch(call, values, scope);
  return safely(divided);
};

function isNumberOrNull(type: SqlType | undefined): boolean {
  return type !== undefined && (isNumber(type) || type.kind === 'null');
}

const safeOperator = (operator: string): Handler => {
  const print = (...[a, b]: string[]): string => `TRY(${a} ${operator} ${b})`;
  return overloads(
    signature('INT64, INT64 -> INT64', print),
    signature('NUMERIC, NUMERIC -> NUMERIC', (a, b) =>
      operator === '*'
        ? `TRY(CAST(bq_multiply_numeric(CAST(${a} AS VARCHAR), CAST(${b} AS VARCHAR)) AS DECIMAL(38,9)))`
        : `TRY(${a} ${operator} ${b})`,
    ),
    ...(operator === '*' ? [] : [signature('BIGNUMERIC, BIGNUMERIC -> BIGNUMERIC', print)]),
    signature('FLOAT64, FLOAT64 -> FLOAT64', print),
  );
};

const modulo = overloads(
  signature('INT64, INT64 -> INT64', (a, b) => `bq_modulo(${a}, ${b})`),
  signature('NUMERIC, NUMERIC -> NUMERIC', (a, b) => `CAST(bq_modulo_numeric(${a}, ${b}) AS DECIMAL(38,9))`),
  signature(
    'BIGNUMERIC, BIGNUMERIC -> BIGNUMERIC',
    (a, b) => `CAST(bq_modulo_numeric(${a}, ${b}) AS DECIMAL(38,18))`,
  ),
);

const power = overDouble((a, b) => `bq_power(${a}, ${b})`, 2);
const naturalLogarithm = overDouble((value) => `bq_ln(${value})`);

const logarithm: Handler = (call, scope) =>
  (call.arguments.length === 1
    ? naturalLogarithm
    : overDouble((value, base) => `(bq_ln(${value}) / bq_ln(${base}))`, 2))(call, scope);

export const mathFunctions: FunctionTable = {
  ABS: keeping((value) => `abs(${value})`),
  SIGN: keeping((value) => `sign(${value})`),
  ROUND: round,
  TRUNC: trunc,
  CEIL: rounding((value) => `ceil(${value})`),
  CEILING: rounding((value) => `ceil(${value})`),
  FLOOR: rounding((value) => `floor(${value})`),
  MOD: modulo,
  DIV: one('INT64, INT64 -> INT64', (a, b) => `bq_div(${a}, ${b})`),
  POW: power,
  POWER: power,
  SQRT: overDouble((value) => `bq_sqrt(${value})`),
  CBRT: overDouble((value) => `cbrt(${value})`),
  EXP: overDouble((value) => `bq_exp(${value})`),
  LN: naturalLogarithm,
  LOG: logarithm,
  LOG10: overDouble((value) => `bq_log10(${value})`),
  SIN: toFloat((value) => `sin(${value})`),
  COS: toFloat((value) => `cos(${value})`),
  TAN: toFloat((value) => `tan(${value})`),
  ASIN: toFloat((value) => `asin(${value})`),
  ACOS: toFloat((value) => `acos(${value})`),
  ATAN: toFloat((value) => `atan(${value})`),
  ATAN2: toFloat((a, b) => `atan2(${a}, ${b})`, 2),
  SINH: toFloat((value) => `sinh(${value})`),
  COSH: toFloat((value) => `cosh(${value})`),
  TANH: toFloat((value) => `tanh(${value})`),
  GREATEST: extreme('greatest'),
  LEAST: extreme('least'),
  SAFE_DIVIDE: safeDivide,
  SAFE_ADD: safeOperator('+'),
  SAFE_SUBTRACT: safeOperator('-'),
  SAFE_MULTIPLY: safeOperator('*'),
  SAFE_NEGATE: overloads(
    signature('INT64 -> INT64', (value) => `TRY(-${value})`),
    signature('NUMERIC -> NUMERIC', (value) => `(-${value})`),
    signature('FLOAT64 -> FLOAT64', (value) => `(-${value})`),
  ),
  IEEE_DIVIDE: toFloat((a, b) => `bq_ieee_divide(${a}, ${b})`, 2),
  IS_NAN: one('FLOAT64 -> BOOL', (value) => `isnan(${value})`),
  IS_INF: one('FLOAT64 -> BOOL', (value) => `isinf(${value})`),
  RAND: one('-> FLOAT64', () => 'random()'),
  GENERATE_UUID: one('-> STRING', () => 'CAST(uuid() AS VARCHAR)'),
  BIT_COUNT: one('INT64 -> INT64', (value) => `CAST(bit_count(${value}) AS BIGINT)`),
  RANGE_BUCKET: overloads(
    ...(['INT64', 'NUMERIC', 'FLOAT64', 'STRING', 'DATE', 'TIMESTAMP'] as const).map((name) =>
      signature(
        `${name}, ARRAY<${name}> -> INT64`,
        (point, bounds) =>
          `(CASE WHEN ${point} IS NULL OR ${bounds} IS NULL THEN NULL ELSE CAST(len(list_filter(${bounds}, lambda e: e <= ${point})) AS BIGINT) END)`,
      ),
    ),
  ),
};
