import type { Range } from '../../../../sql/ast/index.ts';
import { coerce } from '../print/coerce.ts';
import { constrained } from '../print/constraint.ts';
import { failAt } from '../print/context.ts';
import type { Scope } from '../print/scope.ts';
import type { Typed } from '../print/typed.ts';
import type { TableField } from '../table.ts';
import { fieldSqlType } from '../type/field-type.ts';
import { typeText } from '../type/sql-type.ts';

/** A value as a column takes it: coerced, within the column's parameters, arrays never NULL. */
export function assigned(value: Typed, field: TableField, scope: Scope, range: Range): string {
  const type = fieldSqlType(field);
  const coerced = coerce(value, type);
  if (coerced === undefined) {
    throw failAt(
      scope.context,
      range,
      `Value has type ${typeText(value.type)} which cannot be inserted into column ${field.name}, which has type ${typeText(type)}`,
    );
  }
  return stored(coerced, field);
}

/** A value of the column's type as it is kept. */
export function stored(value: Typed, field: TableField): string {
  const { sql } = constrained(value, field);
  if (field.mode === 'REPEATED') return `COALESCE(${sql}, [])`;
  return field.mode === 'REQUIRED' ? `bq_required(${sql}, '${field.name.replaceAll("'", "''")}')` : sql;
}
