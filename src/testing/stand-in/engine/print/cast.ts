import { assertNever } from '../../../../sql/assert-never.ts';
import type { Cast } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { typeOf } from '../type/data-type.ts';
import { fieldOfDataType } from '../type/field-type.ts';
import { physicalField, physicalType } from '../type/physical-type.ts';
import { sameType, scalar, typeText, type ScalarName, type SqlType } from '../type/sql-type.ts';
import { coerce } from './coerce.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { microsOfTime, timeOfMicros } from './literal.ts';
import { constrained } from './constraint.ts';
import { printFormattedCast } from './cast-format.ts';
import { safely } from './safely.ts';
import type { Scope } from './scope.ts';
import { nullOf, quote, type Typed } from './typed.ts';

export function printCast(node: Cast, scope: Scope): Typed {
  if (node.format !== undefined) return printFormattedCast(node, node.format, scope);
  const operand = printExpression(node.operand, scope);
  const to = typeOf(node.dataType);
  const zone = node.timeZone === undefined ? quote('UTC') : printExpression(node.timeZone, scope).sql;
  const converted = convert(operand, to, zone);
  if (converted === undefined) {
    throw failAt(scope.context, node.range, `Invalid cast from ${typeText(operand.type)} to ${typeText(to)}`);
  }
  const cast = constrained(converted, fieldOfDataType('', node.dataType));
  return node.safe ? safely(cast) : cast;
}

export function convert(value: Typed, to: SqlType, zone: string = quote('UTC')): Typed | undefined {
  if (value.type.kind === 'null') return nullOf(to);
  if (sameType(value.type, to)) return { ...value, type: to };
  if (value.type.kind === 'struct' && to.kind === 'struct') return convertStruct(value, value.type, to, zone);
  if (value.type.kind === 'array' && to.kind === 'array') return convertArray(value, value.type, to, zone);
  if (value.type.kind !== 'scalar' || to.kind !== 'scalar') return coerce(value, to);
  const sql =
    to.name === 'STRING'
      ? textOf(value, zone)
      : scalarCasts[`${value.type.name} ${to.name}`]?.(value.sql, zone);
  return sql === undefined ? undefined : { sql, type: to };
}

function convertArray(
  value: Typed,
  from: Extract<SqlType, { kind: 'array' }>,
  to: Extract<SqlType, { kind: 'array' }>,
  zone: string,
): Typed | undefined {
  const element = convert({ sql: 'e', type: from.element }, to.element, zone);
  if (element === undefined) return undefined;
  return { sql: `list_transform(${value.sql}, lambda e: ${element.sql})`, type: to };
}

type Struct = Extract<SqlType, { kind: 'struct' }>;

function convertStruct(value: Typed, from: Struct, to: Struct, zone: string): Typed | undefined {
  if (from.fields.length !== to.fields.length) return undefined;
  const fields = to.fields.map((field, index) => {
    const source: Typed = {
      sql: `struct_extract(${value.sql}, '${physicalField(index)}')`,
      type: from.fields[index]?.type ?? field.type,
    };
    return convert(value.parts?.[index] ?? source, field.type, zone);
  });
  if (fields.includes(undefined)) return undefined;
  const packed = fields.map((field, index) => `${physicalField(index)} := ${field?.sql}`).join(', ');
  const sql = `(CASE WHEN ${value.sql} IS NULL THEN NULL ELSE struct_pack(${packed}) END)`;
  return { sql: value.parts === undefined ? sql : `struct_pack(${packed})`, type: to };
}

const plain =
  (name: ScalarName) =>
  (sql: string): string =>
    `CAST(${sql} AS ${physicalType(scalar(name))})`;
const rounded = (sql: string): string => `CAST(round(${sql}) AS BIGINT)`;

type Caster = (sql: string, zone: string) => string;

const numberCasts: Readonly<Record<string, Caster>> = Object.fromEntries(
  (['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64'] as const).flatMap((from) =>
    (['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64'] as const).map((to) => [
      `${from} ${to}`,
      to === 'INT64' && from !== 'INT64' ? rounded : (floatToDecimal(from, to) ?? plain(to)),
    ]),
  ),
);

/** Over the shortest text, as decimal digits and not as the double's binary expansion. */
function floatToDecimal(from: ScalarName, to: ScalarName): Caster | undefined {
  if (from !== 'FLOAT64' || (to !== 'NUMERIC' && to !== 'BIGNUMERIC')) return undefined;
  return (sql) => `CAST(bq_parse_${to.toLowerCase()}(bq_float_text(${sql})) AS ${physicalType(scalar(to))})`;
}

const times = ['DATE', 'DATETIME', 'TIME', 'TIMESTAMP'] as const;

const scalarCasts: Readonly<Record<string, Caster>> = {
  ...numberCasts,
  'INT64 BOOL': (sql) => `(${sql} <> 0)`,
  'BOOL INT64': (sql) => `CAST(${sql} AS BIGINT)`,
  'STRING INT64': (sql) => `bq_parse_int64(${sql})`,
  'STRING FLOAT64': (sql) => `bq_parse_float64(${sql})`,
  'STRING NUMERIC': (sql) => `CAST(bq_parse_numeric(${sql}) AS DECIMAL(38,9))`,
  'STRING BIGNUMERIC': (sql) => `CAST(bq_parse_bignumeric(${sql}) AS DECIMAL(38,18))`,
  'STRING BOOL': (sql) => `bq_parse_bool(${sql})`,
  'STRING BYTES': (sql) => `encode(${sql})`,
  ...Object.fromEntries(
    times.map((kind) => [
      `STRING ${kind}`,
      (sql: string, zone: string) => timeOfMicros(`bq_cast_${kind.toLowerCase()}(${sql}, ${zone})`, kind),
    ]),
  ),
  'DATE DATETIME': plain('DATETIME'),
  'DATE TIMESTAMP': (sql, zone) => `timezone(${zone}, CAST(${sql} AS TIMESTAMP))`,
  'DATETIME DATE': plain('DATE'),
  'DATETIME TIME': plain('TIME'),
  'DATETIME TIMESTAMP': (sql, zone) => `timezone(${zone}, ${sql})`,
  'TIMESTAMP DATE': (sql, zone) => `CAST(timezone(${zone}, ${sql}) AS DATE)`,
  'TIMESTAMP DATETIME': (sql, zone) => `timezone(${zone}, ${sql})`,
  'TIMESTAMP TIME': (sql, zone) => `CAST(timezone(${zone}, ${sql}) AS TIME)`,
};

/** CAST of a scalar to STRING. */
export function textOf(value: Typed, zone: string = quote('UTC')): string | undefined {
  if (value.type.kind !== 'scalar') return undefined;
  const { sql } = value;
  switch (value.type.name) {
    case 'STRING':
      return sql;
    case 'INT64':
    case 'BOOL':
      return `CAST(${sql} AS VARCHAR)`;
    case 'FLOAT64':
      return `bq_float_text(${sql})`;
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return `bq_decimal_text(CAST(${sql} AS VARCHAR))`;
    case 'BYTES':
      return `bq_decode(${sql})`;
    case 'DATE':
      return `bq_format_date('%F', ${microsOfTime(value)}, 'UTC')`;
    case 'DATETIME':
      return `bq_datetime_text(epoch_us(${sql}))`;
    case 'TIME':
      return `bq_time_text(epoch_us(${sql}))`;
    case 'TIMESTAMP':
      return `bq_timestamp_text(epoch_us(${sql}), ${zone})`;
    case 'INTERVAL':
      throw unsupported('CAST of INTERVAL to STRING');
    case 'JSON':
    case 'GEOGRAPHY':
      return undefined;
    default:
      return assertNever(value.type.name);
  }
}
