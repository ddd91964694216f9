import type { Name, OffsetColumn, Unnest } from '../ast/index.ts';
import { scalar } from '../lineage/type.ts';
import { constant, elementOf } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { emptyRelation, joinRelations, relationOf } from '../scope/relation.ts';
import type { Relation } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import { expression } from './expression.ts';
import { influence } from './pass.ts';
import { sourceOfColumns, sourceOfValue } from './rows.ts';

/** `UNNEST(array, …) [AS name] [WITH OFFSET]`; the array may come from items before it. */
export function unnest(node: Unnest, scope: Scope, left: Relation): Relation {
  const inner = childScope(scope, left);
  const arrays = node.arrays.map(({ value, alias }) => {
    const isPath = value.type === 'path' || value.type === 'field';
    const array = expression(value, isPath ? { ...inner, flat: true } : inner);
    influence(scope.pass, array);
    return relationOf(
      sourceOfValue(elementOf(array), (alias ?? (node.arrays.length === 1 ? node.alias : undefined))?.name),
    );
  });
  if (node.mode !== undefined) influence(scope.pass, expression(node.mode, inner));
  const joined = arrays.reduce((relation, each) => joinRelations(relation, each, []), emptyRelation);
  return withOffset(joined, node.offset);
}

/** `FROM t, t.array`: the array as a source of its own. */
export function arrayItem(
  array: Value,
  alias: Name | undefined,
  offset: OffsetColumn | undefined,
  scope: Scope,
): Relation {
  influence(scope.pass, array);
  return withOffset(relationOf(sourceOfValue(elementOf(array), alias?.name)), offset);
}

function withOffset(relation: Relation, offset: OffsetColumn | undefined): Relation {
  if (offset === undefined) return relation;
  const column = { name: offset.alias?.name ?? 'offset', value: constant(scalar('INT64')) };
  return joinRelations(relation, relationOf(sourceOfColumns([column], undefined, false)), []);
}
