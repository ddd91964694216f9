import { physicalField } from '../type/physical-type.ts';
import type { TableReference, Unnest } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { int64, typeText } from '../type/sql-type.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { type PrintedFrom, besideScope } from './from.ts';
import type { Column, Scope, Source } from './scope.ts';
import type { Typed } from './typed.ts';

export function offsetName(item: TableReference | Unnest): string | undefined {
  return item.offset === undefined ? undefined : (item.offset.alias?.name ?? 'offset');
}

export function printUnnest(item: Unnest, scope: Scope, beside: readonly Source[]): PrintedFrom {
  const [first] = item.arrays;
  if (first === undefined || item.arrays.length > 1) throw unsupported('UNNEST of several arrays');
  const array = printExpression(first.value, besideScope(scope, beside));
  return unnested(array, item.alias?.name ?? first.alias?.name, offsetName(item), scope, first.value.range);
}

/** One row per element; the fields of a struct element are columns, and the alias is the element itself. */
export function unnested(
  array: Typed,
  alias: string | undefined,
  offset: string | undefined,
  scope: Scope,
  range = { start: 0, end: 0 },
): PrintedFrom {
  if (array.type.kind !== 'array') {
    throw failAt(
      scope.context,
      range,
      `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${typeText(array.type)}`,
    );
  }
  const name = scope.context.trace.fresh('t');
  const element: Typed = { sql: `${name}.c1`, type: array.type.element };
  const position = offset === undefined ? '' : `, unnest(range(len(${array.sql}))) AS c2`;
  const sources = [
    elementSource(element, alias),
    ...(offset === undefined ? [] : [offsetSource(offset, name)]),
  ];
  return { sql: `(SELECT unnest(${array.sql}) AS c1${position}) AS ${name}`, sources };
}

export function elementSource(element: Typed, alias: string | undefined): Source {
  const named = alias === undefined ? {} : { alias };
  if (element.type.kind !== 'struct') {
    const column: Column = {
      ...(alias === undefined ? {} : { name: alias }),
      sql: element.sql,
      type: element.type,
    };
    return { columns: [column], row: element };
  }
  const columns = element.type.fields.map((field, index): Column => ({
    ...(field.name === undefined ? {} : { name: field.name }),
    sql: `struct_extract(${element.sql}, '${physicalField(index)}')`,
    type: field.type,
  }));
  return { ...named, columns, row: element };
}

function offsetSource(name: string, table: string): Source {
  return { columns: [{ name, sql: `${table}.c2`, type: int64 }] };
}
