import type { TableField } from '../table.ts';
import { physicalType } from '../type/physical-type.ts';
import type { Typed } from './typed.ts';

/** Enforces the parameters of `STRING(10)`, `BYTES(4)`, `NUMERIC(10, 2)` on a value of that type. */
export function constrained(value: Typed, field: TableField): Typed {
  if (field.mode === 'REPEATED' || value.type.kind !== 'scalar') return value;
  if (field.maxLength !== undefined) return { ...value, sql: lengthCheck(value, field.maxLength) };
  if (field.precision === undefined) return value;
  const scale = Number(field.scale ?? '0');
  const whole = Number(field.precision) - scale;
  const sql = `bq_check_precision(round(${value.sql}, ${scale}), ${whole})`;
  return { sql: `CAST(${sql} AS ${physicalType(value.type)})`, type: value.type };
}

function lengthCheck(value: Typed, maximum: string): string {
  const isText = value.type.kind === 'scalar' && value.type.name === 'STRING';
  return isText ? `bq_check_text(${value.sql}, ${maximum})` : `bq_check_bytes(${value.sql}, ${maximum})`;
}
