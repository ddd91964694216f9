import type { ArrayLiteral, StructField, StructLiteral, Subscript } from '../../../../sql/ast/index.ts';
import { typeOf } from '../type/data-type.ts';
import { arrayOf, isScalar, structOf, typeText, type SqlType } from '../type/sql-type.ts';
import { arrayOfParts, coerce, mustCoerce, structOfParts, unify } from './coerce.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { fieldOf } from './resolve.ts';
import type { Scope } from './scope.ts';
import { literalText, type Typed } from './typed.ts';

export function printArray(node: ArrayLiteral, scope: Scope): Typed {
  const elements = node.elements.map((element) => printExpression(element, scope));
  if (node.elementType !== undefined) return typedArray(elements, typeOf(node.elementType), node, scope);
  const [element, coerced] = unify(elements, scope, node.range, 'array constructor');
  if (element.kind === 'array') {
    throw failAt(
      scope.context,
      node.range,
      `Cannot construct array with element type ${typeText(element)} because nested arrays are not supported`,
    );
  }
  return arrayOfParts(coerced, arrayOf(element));
}

function typedArray(elements: readonly Typed[], element: SqlType, node: ArrayLiteral, scope: Scope): Typed {
  const coerced = elements.map((value) =>
    mustCoerce(
      value,
      element,
      scope,
      node.range,
      `Array element type ${typeText(value.type)} does not coerce to ${typeText(element)}`,
    ),
  );
  return arrayOfParts(coerced, arrayOf(element));
}

export function printStruct(node: StructLiteral, scope: Scope): Typed {
  const values = node.fields.map((field) => printExpression(field.value, scope));
  if (values.length === 0)
    throw failAt(scope.context, node.range, 'The stand-in does not support STRUCT without fields');
  const type = structOf(
    values.map((value, index) => {
      const name = fieldName(node.fields[index]);
      return { ...(name === undefined ? {} : { name }), type: value.type };
    }),
  );
  const made = structOfParts(values, type);
  if (node.dataType === undefined) return made;
  const wanted = typeOf(node.dataType);
  return mustCoerce(
    made,
    wanted,
    scope,
    node.range,
    `STRUCT type ${typeText(wanted)} does not fit its values`,
  );
}

/** `STRUCT(a.b)` names its field `b`; other values stay unnamed. A tuple `(a, b)` has no names at all. */
function fieldName(field: StructField | undefined): string | undefined {
  if (field?.name !== undefined) return field.name.name;
  return field?.value.type === 'path' ? field.value.parts.at(-1)?.name : undefined;
}

export function printSubscript(node: Subscript, scope: Scope): Typed {
  const object = printExpression(node.object, scope);
  const index = printExpression(node.index, scope);
  if (isScalar(object.type, 'JSON')) return jsonSubscript(object, index, node, scope);
  if (object.type.kind === 'struct') return structSubscript(object, index, node, scope);
  if (object.type.kind !== 'array') {
    throw failAt(
      scope.context,
      node.range,
      `Subscript access using [INT64] is not supported on values of type ${typeText(object.type)}`,
    );
  }
  const element = object.type.element;
  const position = coerce(index, { kind: 'scalar', name: 'INT64' });
  if (position === undefined) {
    throw failAt(
      scope.context,
      node.index.range,
      `Array position in [] must be coercible to INT64 type, but has type ${typeText(index.type)}`,
    );
  }
  const base = node.by === 'ordinal' || node.by === 'safe_ordinal' ? 1 : 0;
  const safe = node.by === 'safe_offset' || node.by === 'safe_ordinal';
  return { sql: elementSql(object.sql, position.sql, base, safe), type: element };
}

export function elementSql(array: string, position: string, base: number, safe: boolean): string {
  if (safe) return `bq_safe_element(${array}, ${position}, ${base})`;
  return `${array}[bq_array_index(${position}, ${base}, CAST(len(${array}) AS BIGINT))]`;
}

function jsonSubscript(object: Typed, index: Typed, node: Subscript, scope: Scope): Typed {
  if (node.by !== 'key')
    throw failAt(scope.context, node.range, 'Subscript access on JSON does not take OFFSET or ORDINAL');
  if (isScalar(index.type, 'STRING'))
    return { sql: `bq_json_member(${object.sql}, ${index.sql})`, type: object.type };
  if (isScalar(index.type, 'INT64'))
    return { sql: `bq_json_item(${object.sql}, ${index.sql})`, type: object.type };
  throw failAt(scope.context, node.index.range, 'Subscript access on JSON takes an INT64 or a STRING');
}

function structSubscript(object: Typed, index: Typed, node: Subscript, scope: Scope): Typed {
  const name = literalText(index);
  if (name !== undefined) return fieldOf(object, { name, quoted: true, range: node.index.range }, scope);
  const position = index.literal?.kind === 'integer' ? Number(index.literal.value) : undefined;
  const base = node.by === 'ordinal' ? 1 : 0;
  const field =
    position === undefined || object.type.kind !== 'struct' ? undefined : object.type.fields[position - base];
  if (position === undefined || field === undefined) {
    throw failAt(scope.context, node.range, 'Field ordinal out of bounds in STRUCT');
  }
  const part = object.parts?.[position - base];
  return part ?? { sql: `struct_extract(${object.sql}, 'f${position - base + 1}')`, type: field.type };
}
