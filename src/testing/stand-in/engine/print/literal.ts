import { assertNever } from '../../../../sql/assert-never.ts';
import type { Literal } from '../../../../sql/ast/index.ts';
import { castTime } from '../native/time.ts';
import { normalJson, parseJson, printJson } from '../native/json-value.ts';
import { parseDecimal } from '../native/number.ts';
import { unsupported } from '../engine-error.ts';
import { float64, json, nullType, scalar } from '../type/sql-type.ts';
import { failAt } from './context.ts';
import type { Scope } from './scope.ts';
import { boolean, integerLiteral, quote, stringLiteral, type Typed } from './typed.ts';

type TimeName = 'DATE' | 'TIME' | 'DATETIME' | 'TIMESTAMP';

/** A constant, checked now: a wrong one is an error of the text, not of a row. */
export function printLiteral(node: Literal, scope: Scope): Typed {
  try {
    return literal(node);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.startsWith('The stand-in'))
      throw unsupported(message.replace(/^The stand-in does not support /, ''));
    throw failAt(scope.context, node.range, message);
  }
}

function literal({ kind, value }: Literal): Typed {
  switch (kind) {
    case 'string':
      return stringLiteral(value);
    case 'bytes':
      return bytesLiteral(Uint8Array.from(value, (byte) => byte.charCodeAt(0)));
    case 'integer':
      return integer(value);
    case 'float':
      return { ...floatLiteral(Number(value)), literal: { kind: 'float', value } };
    case 'numeric':
      return numericLiteral(value);
    case 'bignumeric':
      return bigNumericLiteral(value);
    case 'boolean':
      return { ...boolean(value.toUpperCase()), literal: { kind: 'other' } };
    case 'null':
      return { sql: 'NULL', type: nullType, literal: { kind: 'other' } };
    case 'json':
      return jsonLiteral(value);
    case 'date':
    case 'datetime':
    case 'time':
    case 'timestamp':
      return timeLiteral(value, timeNames[kind]);
    default:
      return assertNever(kind);
  }
}

const timeNames: Readonly<Record<'date' | 'datetime' | 'time' | 'timestamp', TimeName>> = {
  date: 'DATE',
  datetime: 'DATETIME',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
};

function integer(digits: string): Typed {
  const value = BigInt(digits);
  // The smallest INT64 is read as the negation of this.
  if (value > 2n ** 63n) throw new Error(`Invalid integer literal: ${digits}`);
  if (value === 2n ** 63n) {
    return { sql: `${value}::HUGEINT`, type: scalar('INT64'), literal: { kind: 'integer', value } };
  }
  return integerLiteral(value);
}

export function floatLiteral(value: number): Typed {
  const text = Number.isFinite(value) ? String(value) : `${value}`;
  return { sql: `CAST('${text}' AS DOUBLE)`, type: float64, literal: { kind: 'other' } };
}

export function bytesLiteral(value: Uint8Array): Typed {
  return {
    sql: `unhex('${Buffer.from(value).toString('hex')}')`,
    type: scalar('BYTES'),
    literal: { kind: 'other' },
  };
}

export function numericLiteral(text: string): Typed {
  const digits = parseDecimal(text, 9, 'NUMERIC');
  if (digits.replace('-', '').indexOf('.') > 29) throw new Error(`Invalid NUMERIC value: ${text}`);
  return { sql: `CAST('${digits}' AS DECIMAL(38,9))`, type: scalar('NUMERIC'), literal: { kind: 'other' } };
}

function bigNumericLiteral(text: string): Typed {
  const sql = `CAST(bq_parse_bignumeric(${quote(text)}) AS DECIMAL(38,18))`;
  return { sql, type: scalar('BIGNUMERIC'), literal: { kind: 'other' } };
}

function jsonLiteral(text: string): Typed {
  return {
    sql: quote(printJson(normalJson(parseJson(text), false))),
    type: json,
    literal: { kind: 'other' },
  };
}

/** `DATE '…'` and the like, also where a string literal stands for one. */
export function timeLiteral(text: string, kind: TimeName): Typed {
  const micros = castTime(text, 'UTC', kind);
  return { sql: timeOfMicros(`${micros}::BIGINT`, kind), type: scalar(kind), literal: { kind: 'other' } };
}

/** Microseconds since 1970 (of the day for TIME) as a value of the kind. */
export function timeOfMicros(micros: string, kind: TimeName): string {
  if (kind === 'TIMESTAMP') return `make_timestamptz(${micros})`;
  if (kind === 'DATETIME') return `make_timestamp(${micros})`;
  return kind === 'DATE'
    ? `CAST(make_timestamp(${micros}) AS DATE)`
    : `CAST(make_timestamp(${micros}) AS TIME)`;
}

export function microsOfTime(value: Typed): string {
  return value.type.kind === 'scalar' && value.type.name === 'DATE'
    ? `epoch_us(CAST(${value.sql} AS TIMESTAMP))`
    : `epoch_us(${value.sql})`;
}
