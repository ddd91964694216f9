import { assertNever } from '../../../../sql/assert-never.ts';
import type { Between, Expression, In, InSet, Like } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { bytes, isScalar, string, typeText } from '../type/sql-type.ts';
import { coerce, commonType, unify } from './coerce.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { printQuery } from './query.ts';
import type { Scope } from './scope.ts';
import { boolean, type Typed } from './typed.ts';

export function printIn(node: In, scope: Scope): Typed {
  const operand = printExpression(node.operand, scope);
  const found = memberOf(operand, node.values, node, scope);
  return boolean(node.negated ? `(NOT ${found})` : found);
}

function memberOf(operand: Typed, set: InSet, node: In, scope: Scope): string {
  switch (set.type) {
    case 'list':
      return inList(
        operand,
        set.items.map((item) => printExpression(item, scope)),
        node,
        scope,
      );
    case 'query':
      return inQuery(operand, set.query, node, scope);
    case 'unnest':
      return inArray(operand, printExpression(set.array, scope), node, scope);
    default:
      return assertNever(set);
  }
}

function inList(operand: Typed, items: readonly Typed[], node: In, scope: Scope): string {
  const [type, values] = unify([operand, ...items], scope, node.range, 'operator IN');
  if (type.kind === 'array' || isScalar(type, 'JSON')) throw unsupported(`IN for ${typeText(type)}`);
  const [first, ...rest] = values;
  return `(${first?.sql} IN (${rest.map((value) => value.sql).join(', ')}))`;
}

function inQuery(
  operand: Typed,
  query: Extract<InSet, { type: 'query' }>['query'],
  node: In,
  scope: Scope,
): string {
  const printed = printQuery(query, scope);
  const [column] = printed.columns;
  if (printed.columns.length !== 1 || column === undefined) {
    throw failAt(scope.context, node.range, 'Subquery of type IN must have only one output column');
  }
  const alias = scope.context.trace.fresh('q');
  const value: Typed = { sql: `${alias}.c1`, type: column.type };
  const type = commonType([operand, value]);
  const left = type && coerce(operand, type);
  const right = type && coerce(value, type);
  if (left === undefined || right === undefined) {
    const types = `${typeText(operand.type)} and ${typeText(column.type)}`;
    throw failAt(scope.context, node.range, `Cannot execute IN subquery with uncomparable types ${types}`);
  }
  return `(${left.sql} IN (SELECT ${right.sql} FROM (${printed.sql}) AS ${alias}))`;
}

function inArray(operand: Typed, array: Typed, node: In, scope: Scope): string {
  const element = array.type.kind === 'array' ? array.type.element : undefined;
  if (element === undefined) {
    throw failAt(
      scope.context,
      node.range,
      `Second argument of IN UNNEST must be an array but was ${typeText(array.type)}`,
    );
  }
  const type = commonType([operand, { sql: '', type: element }]);
  const left = type && coerce(operand, type);
  const right = type && coerce(array, { kind: 'array', element: type });
  if (left === undefined || right === undefined || type === undefined) {
    const types = `${typeText(operand.type)}, ${typeText(array.type)}`;
    throw failAt(
      scope.context,
      node.range,
      `No matching signature for operator IN UNNEST for argument types: ${types}`,
    );
  }
  return `bq_in_list(${left.sql}, ${right.sql})`;
}

export function printBetween(node: Between, scope: Scope): Typed {
  const values = [node.operand, node.low, node.high].map((value) => printExpression(value, scope));
  const [type, coerced] = unify(values, scope, node.range, 'operator BETWEEN');
  if (type.kind === 'array' || isScalar(type, 'JSON')) throw unsupported(`BETWEEN for ${typeText(type)}`);
  const [operand, low, high] = coerced;
  return boolean(`(${operand?.sql} ${node.negated ? 'NOT ' : ''}BETWEEN ${low?.sql} AND ${high?.sql})`);
}

export function printLike(node: Like, scope: Scope): Typed {
  const operand = printExpression(node.operand, scope);
  if (node.patterns.type !== 'list') throw unsupported('LIKE ANY or ALL over a subquery or an array');
  const tests = node.patterns.items.map((pattern) => like(operand, pattern, node, scope));
  const joined = `(${tests.join(node.quantifier === 'ALL' ? ' AND ' : ' OR ')})`;
  return boolean(node.negated ? `(NOT ${joined})` : joined);
}

function like(operand: Typed, node: Expression, whole: Like, scope: Scope): string {
  const pattern = printExpression(node, scope);
  const text = coerce(operand, string);
  const patternText = coerce(pattern, string);
  if (text !== undefined && patternText !== undefined)
    return `(${text.sql} LIKE ${patternText.sql} ESCAPE '\\')`;
  if (coerce(operand, bytes) !== undefined) throw unsupported('LIKE for BYTES');
  const types = `${typeText(operand.type)}, ${typeText(pattern.type)}`;
  throw failAt(
    scope.context,
    whole.range,
    `No matching signature for operator LIKE for argument types: ${types}`,
  );
}
