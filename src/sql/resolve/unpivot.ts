import type { Path, Unpivot } from '../ast/index.ts';
import { scalar } from '../lineage/type.ts';
import { constant, merge, unknownValue } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { relationOf } from '../scope/relation.ts';
import type { Relation } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import type { Column } from '../scope/source.ts';
import { expression } from './expression.ts';
import { fromItem } from './from.ts';
import { influence } from './pass.ts';
import { sourceOfColumns } from './rows.ts';

/** Columns become rows: each value column is one of the columns at its place in the groups. */
export function unpivot(node: Unpivot, scope: Scope, left: Relation): Relation {
  const source = fromItem(node.source, scope, left);
  for (const each of source.sources) each.row();
  const inner = childScope(scope, source);
  const groups = node.groups.map((group) => group.columns.map((column) => readPath(column, inner)));
  if (!node.includeNulls) for (const value of groups.flat()) influence(scope.pass, value);
  const taken = new Set(node.groups.flatMap((group) => group.columns.map((column) => lastName(column))));
  const kept = source.columns().filter((column) => !taken.has(column.name.toLowerCase()));
  const values = node.valueColumns.map((name, index): Column => ({
    name: name.name,
    value: oneOf(groups, index),
  }));
  const label: Column = { name: node.nameColumn.name, value: constant(labelType(node)) };
  for (const column of source.columns()) column.read?.([]);
  const open = source.sources.some((each) => each.open);
  const columns = [...kept.map(({ name, value }) => ({ name, value })), ...values, label];
  return relationOf(sourceOfColumns(columns, node.alias?.name, open));
}

function readPath(column: Path, scope: Scope): Value {
  const last = column[column.length - 1] ?? column[0];
  return expression(
    { type: 'path', parts: column, range: { start: column[0].range.start, end: last.range.end } },
    scope,
  );
}

function lastName(column: Path): string {
  return (column[column.length - 1] ?? column[0]).name.toLowerCase();
}

function oneOf(groups: readonly (readonly Value[])[], index: number): Value {
  const values = groups.map((group) => group[index] ?? unknownValue);
  return { ...merge(values), copied: false };
}

function labelType(node: Unpivot): ReturnType<typeof scalar> {
  const [first] = node.groups;
  return first?.label?.type === 'literal' && first.label.kind === 'integer'
    ? scalar('INT64')
    : scalar('STRING');
}
