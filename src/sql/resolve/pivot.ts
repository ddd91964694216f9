import type { Expression, Name, Pivot } from '../ast/index.ts';
import type { Value } from '../lineage/value.ts';
import { relationOf } from '../scope/relation.ts';
import type { Relation } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import type { Column } from '../scope/source.ts';
import { expression } from './expression.ts';
import { fromItem } from './from.ts';
import { influence, reportGap } from './pass.ts';
import { sourceOfColumns } from './rows.ts';

/** One column for each value and aggregate; all columns that neither names group the rows. */
export function pivot(node: Pivot, scope: Scope, left: Relation): Relation {
  const source = fromItem(node.source, scope, left);
  for (const each of source.sources) each.row();
  const used = new Set<string>();
  const inner = childScope(scope, watched(source, used));
  influence(scope.pass, expression(node.input, inner));
  const aggregates = node.aggregates.map((each) => ({
    alias: each.alias,
    value: expression(each.value, inner),
  }));
  const keys = keysOf(source, used, scope);
  const made = node.values.flatMap((value) =>
    aggregates.map((aggregate) => pivoted(value, aggregate.alias, aggregate.value, scope)),
  );
  const open = source.sources.some((each) => each.open);
  return relationOf(sourceOfColumns([...keys, ...made], node.alias?.name, open));
}

/** The relation, noting which columns an expression names. */
function watched(relation: Relation, used: Set<string>): Relation {
  const sameColumn = (column: Column | undefined): Column | undefined =>
    relation.find(column?.name.toLowerCase() ?? '').find((each) => each.value === column?.value);
  const keptColumn = (column: Column | undefined): Column | undefined => {
    note(sameColumn(column), used);
    return column;
  };
  return {
    ...relation,
    kept: relation.kept.map((source) => ({ ...source, find: (name) => keptColumn(source.find(name)) })),
    sources: relation.sources.map((source) => ({ ...source, find: (name) => note(source.find(name), used) })),
    find: (name) => relation.find(name).map((column) => note(column, used) ?? column),
  };
}

function note(column: Column | undefined, used: Set<string>): Column | undefined {
  if (column !== undefined) used.add(column.name.toLowerCase());
  return column;
}

function keysOf(source: Relation, used: ReadonlySet<string>, scope: Scope): readonly Column[] {
  return source.columns().flatMap((column): readonly Column[] => {
    column.read?.([]);
    if (used.has(column.name.toLowerCase())) return [];
    influence(scope.pass, column.value);
    return [{ name: column.name, value: column.value }];
  });
}

interface PivotValue {
  readonly value: Expression;
  readonly alias?: Name;
}

function pivoted(value: PivotValue, aggregate: Name | undefined, result: Value, scope: Scope): Column {
  const label = value.alias?.name ?? valueLabel(value.value);
  if (label === undefined)
    reportGap(scope.pass, 'unsupported', 'a PIVOT value without a name is not analysed', value.value.range);
  return { name: pivotedName(aggregate?.name, label ?? ''), value: { ...result, copied: false } };
}

/** A name may not begin with a digit. */
function pivotedName(aggregate: string | undefined, label: string): string {
  if (aggregate !== undefined) return `${aggregate}_${label}`;
  return /^\d/.test(label) ? `_${label}` : label;
}

/** The column name that BigQuery derives from a value. */
function valueLabel(value: Expression): string | undefined {
  if (value.type === 'unary' && value.operator === '-') {
    const label = valueLabel(value.operand);
    return label === undefined ? undefined : `minus_${label}`;
  }
  if (value.type !== 'literal') return undefined;
  switch (value.kind) {
    case 'string':
    case 'integer':
      return value.value;
    case 'numeric':
    case 'bignumeric':
    case 'float':
      return value.value.replace('.', '_point_').replace('-', 'minus_');
    case 'boolean':
      return value.value;
    case 'null':
      return 'NULL';
    case 'date':
      return value.value.replaceAll('-', '_');
    case 'bytes':
    case 'datetime':
    case 'time':
    case 'timestamp':
    case 'json':
    default:
      return undefined;
  }
}
