import type { Call } from '../../../../../sql/ast/index.ts';
import { unsupported } from '../../engine-error.ts';
import { int64, isScalar, scalar, string, type ScalarName } from '../../type/sql-type.ts';
import { convert } from '../cast.ts';
import { coerce } from '../coerce.ts';
import { printExpression } from '../expression.ts';
import { intervalSql } from '../interval.ts';
import { timeOfMicros } from '../literal.ts';
import type { Scope } from '../scope.ts';
import { quote, type Typed } from '../typed.ts';
import { boundariesSql, isClockPart, truncateSql, type Part } from './date-part.ts';
import { civilSql } from './extract.ts';
import {
  functionName,
  mismatch,
  one,
  partArgument,
  printArguments,
  valueArgument,
  type FunctionTable,
  type Handler,
} from './signature.ts';

type TimeName = 'DATE' | 'DATETIME' | 'TIME' | 'TIMESTAMP';

const unitMicros: Readonly<Record<string, bigint>> = {
  DAY: 86_400_000_000n,
  HOUR: 3_600_000_000n,
  MINUTE: 60_000_000n,
  SECOND: 1_000_000n,
  MILLISECOND: 1000n,
  MICROSECOND: 1n,
};

function subject(call: Call, index: number, kind: TimeName, scope: Scope): Typed {
  const value = valueArgument(call, index, scope);
  const coerced = coerce(value, scalar(kind));
  if (coerced === undefined) throw mismatch(call, [value], scope);
  return coerced;
}

/** DATE_ADD(x, INTERVAL n part) and its kin; a DATE may be given as DATETIME or TIMESTAMP. */
const adding =
  (kind: TimeName, sign: '+' | '-'): Handler =>
  (call, scope) => {
    const argument = call.arguments[1]?.value;
    const interval =
      argument?.type === 'expression' && argument.expression.type === 'interval'
        ? argument.expression
        : undefined;
    const raw = valueArgument(call, 0, scope);
    const value =
      kind === 'DATE' && isScalar(raw.type, 'DATETIME', 'TIMESTAMP') ? raw : subject(call, 0, kind, scope);
    if (interval === undefined || call.arguments.length !== 2) throw mismatch(call, [raw], scope);
    if (interval.toUnit !== undefined) throw unsupported(`an interval of two parts in ${functionName(call)}`);
    const amount = coerce(printExpression(interval.value, scope), int64);
    if (amount === undefined || !allows(value, interval.unit)) {
      throw mismatch(call, [raw], scope);
    }
    return { sql: sum(value, sign, amount.sql, interval.unit), type: value.type };
  };

function allows(value: Typed, unit: string): boolean {
  if (isScalar(value.type, 'DATE')) return !isClockPart({ part: unit });
  if (isScalar(value.type, 'TIME')) return isClockPart({ part: unit });
  return isScalar(value.type, 'DATETIME') || unitMicros[unit] !== undefined;
}

function sum(value: Typed, sign: '+' | '-', amount: string, unit: string): string {
  if (isScalar(value.type, 'TIMESTAMP')) {
    const micros = `${amount} * ${unitMicros[unit] ?? 1n}`;
    return `make_timestamptz(epoch_us(${value.sql}) ${sign} ${micros})`;
  }
  const moved = `(${value.sql} ${sign} ${intervalSql(amount, unit)})`;
  return isScalar(value.type, 'DATE') ? `CAST(${moved} AS DATE)` : moved;
}

/** Boundaries crossed for DATE, DATETIME and TIME; whole units for TIMESTAMP. */
const differing =
  (kind: TimeName): Handler =>
  (call, scope) => {
    const left = subject(call, 0, kind, scope);
    const right = subject(call, 1, kind, scope);
    const part = partArgument(call, 2, scope);
    if (kind === 'TIMESTAMP') return { sql: wholeUnits(left.sql, right.sql, part, call), type: int64 };
    if (!allows(left, part.part === 'ISOYEAR' || part.part === 'ISOWEEK' ? 'DAY' : part.part))
      throw mismatch(call, [left, right], scope);
    return { sql: boundariesSql(civilSql(left, ''), civilSql(right, ''), part), type: int64 };
  };

function wholeUnits(left: string, right: string, { part }: Part, call: Call): string {
  const micros = unitMicros[part];
  if (micros === undefined) throw unsupported(`${functionName(call)} in ${part}`);
  return `((epoch_us(${left}) - epoch_us(${right})) // ${micros})`;
}

const truncating =
  (kind: TimeName): Handler =>
  (call, scope) => {
    const raw = valueArgument(call, 0, scope);
    const value =
      kind === 'DATE' && isScalar(raw.type, 'DATETIME', 'TIMESTAMP')
        ? raw
        : coerceOrFail(call, raw, kind, scope);
    const part = partArgument(call, 1, scope);
    const zoneValue =
      call.arguments[2] === undefined ? undefined : coerce(valueArgument(call, 2, scope), string);
    const zone = zoneValue?.sql ?? quote('UTC');
    if (isScalar(value.type, 'DATE') && isClockPart(part)) throw mismatch(call, [raw], scope);
    return { sql: truncated(value, part, zone), type: value.type };
  };

function coerceOrFail(call: Call, value: Typed, kind: TimeName, scope: Scope): Typed {
  const coerced = coerce(value, scalar(kind));
  if (coerced === undefined) throw mismatch(call, [value], scope);
  return coerced;
}

function truncated(value: Typed, part: Part, zone: string): string {
  if (isScalar(value.type, 'TIME')) {
    const micros = unitMicros[part.part];
    if (micros === undefined) throw unsupported(`TIME_TRUNC to ${part.part}`);
    return timeOfMicros(`(epoch_us(${value.sql}) // ${micros} * ${micros})`, 'TIME');
  }
  const cut = truncateSql(civilSql(value, zone), part);
  if (isScalar(value.type, 'TIMESTAMP')) return `timezone(${zone}, ${cut})`;
  return isScalar(value.type, 'DATE') ? `CAST(${cut} AS DATE)` : cut;
}

const lastDay: Handler = (call, scope) => {
  const value = valueArgument(call, 0, scope);
  const date = isScalar(value.type, 'DATETIME') ? value : coerce(value, scalar('DATE'));
  if (date === undefined) throw mismatch(call, [value], scope);
  const part = call.arguments[1] === undefined ? { part: 'MONTH' } : partArgument(call, 1, scope);
  const step: Readonly<Record<string, readonly [string, string]>> = {
    YEAR: ['1', 'YEAR'],
    QUARTER: ['1', 'QUARTER'],
    MONTH: ['1', 'MONTH'],
    WEEK: ['1', 'WEEK'],
    ISOWEEK: ['1', 'WEEK'],
  };
  const [amount, unit] = step[part.part] ?? [];
  if (amount === undefined || unit === undefined) throw unsupported(`LAST_DAY of ${part.part}`);
  const next = `(${truncateSql(civilSql(date, ''), part)} + ${intervalSql(amount, unit)} - to_days(1))`;
  return { sql: `CAST(${next} AS DATE)`, type: scalar('DATE') };
};

const formatting =
  (kind: TimeName): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    const [format, value, zone] = values;
    const text = format && coerce(format, string);
    const accepted = value && acceptedBy(value, kind);
    const zoneText =
      zone === undefined ? quote('UTC') : kind === 'TIMESTAMP' ? coerce(zone, string)?.sql : undefined;
    if (text === undefined || accepted === undefined || zoneText === undefined)
      throw mismatch(call, values, scope);
    const micros = isScalar(accepted.type, 'DATE')
      ? `epoch_us(CAST(${accepted.sql} AS TIMESTAMP))`
      : `epoch_us(${accepted.sql})`;
    const actual = accepted.type.kind === 'scalar' ? accepted.type.name.toLowerCase() : kind.toLowerCase();
    return { sql: `bq_format_${actual}(${text.sql}, ${micros}, ${zoneText})`, type: string };
  };

/** FORMAT_DATE also takes a DATETIME or a TIMESTAMP, with the elements of those. */
function acceptedBy(value: Typed, kind: TimeName): Typed | undefined {
  if (kind === 'DATE' && isScalar(value.type, 'DATETIME', 'TIMESTAMP')) return value;
  return coerce(value, scalar(kind));
}

const parsing =
  (kind: TimeName): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    const [format, text, zone] = values.map((value) => coerce(value, string)?.sql);
    if (format === undefined || text === undefined || values.length > (kind === 'TIMESTAMP' ? 3 : 2))
      throw mismatch(call, values, scope);
    const micros = `bq_parse_${kind.toLowerCase()}(${format}, ${text}, ${zone ?? quote('UTC')})`;
    return { sql: timeOfMicros(micros, kind), type: scalar(kind) };
  };

/** The moment of the statement: the same everywhere in it. */
const current =
  (kind: TimeName): Handler =>
  (call, scope) => {
    const zone =
      call.arguments.length === 0 ? quote('UTC') : coerce(valueArgument(call, 0, scope), string)?.sql;
    if (zone === undefined) throw mismatch(call, [], scope);
    const now: Typed = {
      sql: `make_timestamptz(${scope.context.now.getTime()}000::BIGINT)`,
      type: scalar('TIMESTAMP'),
    };
    const value = convert(now, scalar(kind), zone);
    if (value === undefined) throw mismatch(call, [], scope);
    return value;
  };

/** DATE(…), DATETIME(…), TIME(…), TIMESTAMP(…): from parts, or a cast with an optional time zone. */
const making =
  (kind: TimeName): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    return fromParts(kind, values) ?? fromDateAndTime(kind, values) ?? fromValue(kind, values, call, scope);
  };

const partCounts: Readonly<Record<TimeName, number>> = { DATE: 3, TIME: 3, DATETIME: 6, TIMESTAMP: -1 };

function fromParts(kind: TimeName, values: readonly Typed[]): Typed | undefined {
  if (values.length !== partCounts[kind]) return undefined;
  const numbers = values.map((value) => coerce(value, int64)?.sql);
  if (numbers.includes(undefined)) return undefined;
  return { sql: `bq_make_${kind.toLowerCase()}(${numbers.join(', ')})`, type: scalar(kind) };
}

function fromDateAndTime(kind: TimeName, [date, time]: readonly Typed[]): Typed | undefined {
  if (kind !== 'DATETIME' || date === undefined || time === undefined) return undefined;
  if (!isScalar(date.type, 'DATE') || !isScalar(time.type, 'TIME')) return undefined;
  return { sql: `(${date.sql} + ${time.sql})`, type: scalar('DATETIME') };
}

function fromValue(kind: TimeName, values: readonly Typed[], call: Call, scope: Scope): Typed {
  const [value, zone] = values;
  const zoneText = zone === undefined ? quote('UTC') : coerce(zone, string)?.sql;
  const takes: readonly ScalarName[] = ['DATE', 'DATETIME', 'TIMESTAMP', 'STRING', 'TIME'];
  const made =
    value && zoneText && (value.type.kind === 'null' || isScalar(value.type, ...takes))
      ? convert(value, scalar(kind), zoneText)
      : undefined;
  const textual =
    value !== undefined &&
    isScalar(value.type, 'STRING') &&
    kind !== 'TIMESTAMP' &&
    value.literal === undefined;
  if (made === undefined || values.length > 2 || textual) throw mismatch(call, values, scope);
  return made;
}

const unix = (divisor: bigint): Handler =>
  one('TIMESTAMP -> INT64', (value) => `bq_floor_div(epoch_us(${value}), ${divisor})`);
const fromUnix = (factor: bigint): Handler =>
  one('INT64 -> TIMESTAMP', (value) => `make_timestamptz(${value} * ${factor})`);

/** MAKE_INTERVAL(year, month, day, hour, minute, second), by place or by name. */
const makeInterval: Handler = (call, scope) => {
  const units = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];
  const terms = call.arguments.map((argument, index) => {
    const unit = argument.name === undefined ? units[index] : argument.name.name.toUpperCase();
    const amount = coerce(valueArgument(call, index, scope), int64);
    if (unit === undefined || !units.includes(unit) || amount === undefined) throw mismatch(call, [], scope);
    return intervalSql(amount.sql, unit);
  });
  return { sql: `(${['to_days(0)', ...terms].join(' + ')})`, type: scalar('INTERVAL') };
};

const kinds: readonly TimeName[] = ['DATE', 'DATETIME', 'TIME', 'TIMESTAMP'];

export const timeFunctions: FunctionTable = {
  ...Object.fromEntries(
    kinds.flatMap((kind) => [
      [`${kind}_ADD`, adding(kind, '+')],
      [`${kind}_SUB`, adding(kind, '-')],
      [`${kind}_DIFF`, differing(kind)],
      [`${kind}_TRUNC`, truncating(kind)],
      [`FORMAT_${kind}`, formatting(kind)],
      [`PARSE_${kind}`, parsing(kind)],
      [`CURRENT_${kind}`, current(kind)],
      [kind, making(kind)],
    ]),
  ),
  LAST_DAY: lastDay,
  UNIX_SECONDS: unix(1_000_000n),
  UNIX_MILLIS: unix(1000n),
  UNIX_MICROS: unix(1n),
  TIMESTAMP_SECONDS: fromUnix(1_000_000n),
  TIMESTAMP_MILLIS: fromUnix(1000n),
  TIMESTAMP_MICROS: fromUnix(1n),
  MAKE_INTERVAL: makeInterval,
  UNIX_DATE: one('DATE -> INT64', (date) => `CAST(${date} - DATE '1970-01-01' AS BIGINT)`),
  DATE_FROM_UNIX_DATE: one(
    'INT64 -> DATE',
    (days) => `CAST(DATE '1970-01-01' + to_days(CAST(${days} AS INTEGER)) AS DATE)`,
  ),
};
