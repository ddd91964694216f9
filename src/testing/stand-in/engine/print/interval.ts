import type { Interval } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { int64, scalar } from '../type/sql-type.ts';
import { mustCoerce } from './coerce.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import type { Scope } from './scope.ts';
import { literalText, type Typed } from './typed.ts';

/** DuckDB's constructor of each unit, how many of it one unit is, and the type of its argument. */
const units: Readonly<Record<string, readonly [name: string, factor: number, argument: string]>> = {
  YEAR: ['to_months', 12, 'INTEGER'],
  QUARTER: ['to_months', 3, 'INTEGER'],
  MONTH: ['to_months', 1, 'INTEGER'],
  WEEK: ['to_days', 7, 'INTEGER'],
  DAY: ['to_days', 1, 'INTEGER'],
  HOUR: ['to_hours', 1, 'BIGINT'],
  MINUTE: ['to_minutes', 1, 'BIGINT'],
  SECOND: ['to_microseconds', 1_000_000, 'BIGINT'],
  MILLISECOND: ['to_microseconds', 1000, 'BIGINT'],
  MICROSECOND: ['to_microseconds', 1, 'BIGINT'],
};

export function intervalSql(amount: string, unit: string): string {
  const entry = units[unit];
  if (entry === undefined) throw unsupported(`the interval unit ${unit}`);
  const [name, factor, argument] = entry;
  const size = factor === 1 ? amount : `(${amount} * ${factor})`;
  return `${name}(CAST(${size} AS ${argument}))`;
}

export function printInterval(node: Interval, scope: Scope): Typed {
  if (node.toUnit !== undefined) return rangeInterval(node, node.toUnit, scope);
  const value = printExpression(node.value, scope);
  const amount = mustCoerce(
    value,
    int64,
    scope,
    node.value.range,
    'Interval value must be coercible to INT64 type',
  );
  return { sql: intervalSql(amount.sql, node.unit), type: scalar('INTERVAL') };
}

const order = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];

/** `INTERVAL '1-6' YEAR TO MONTH`, `INTERVAL '1 10:20:30' DAY TO SECOND`. */
function rangeInterval(node: Interval, toUnit: string, scope: Scope): Typed {
  const text = literalText(printExpression(node.value, scope));
  const names = order.slice(order.indexOf(node.unit), order.indexOf(toUnit) + 1);
  if (text === undefined || names.length < 2)
    throw unsupported(`INTERVAL … ${node.unit} TO ${toUnit} of this form`);
  const parts = text.trim().split(/(?<=[0-9])[-: ]/);
  if (parts.length !== names.length || !parts.every((part) => /^[+-]?[0-9]+$/.test(part))) {
    throw failAt(scope.context, node.range, `Invalid INTERVAL value '${text}'`);
  }
  return { sql: `(${summed(names, parts)})`, type: scalar('INTERVAL') };
}

/** A sign stands before the year-month, the day and the clock part and counts for all of that part. */
function summed(names: readonly string[], parts: readonly string[]): string {
  let sign = '';
  return names
    .map((name, index) => {
      const part = parts[index] ?? '0';
      if (['YEAR', 'DAY', 'HOUR'].includes(name) || index === 0) sign = part.startsWith('-') ? '-' : '';
      if (name === 'HOUR' && index > 0) sign = part.startsWith('-') ? '-' : '';
      return intervalSql(`${sign}${part.replace(/^[+-]/, '')}`, name);
    })
    .join(' + ');
}
