import type { DerivedTable, FromItem, Join, Name } from '../ast/index.ts';
import { merge } from '../lineage/value.ts';
import { emptyRelation, joinRelations, relationOf } from '../scope/relation.ts';
import type { Relation } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import type { Column } from '../scope/source.ts';
import { expression } from './expression.ts';
import { influence, reportGap } from './pass.ts';
import { pivot } from './pivot.ts';
import { lazyQuery } from './query.ts';
import { sourceOfRows } from './rows.ts';
import { table } from './table.ts';
import { tableFunction } from './table-function.ts';
import { unnest } from './unnest.ts';
import { unpivot } from './unpivot.ts';

type Handlers = {
  readonly [Kind in FromItem['type']]: (
    node: Extract<FromItem, { type: Kind }>,
    scope: Scope,
    left: Relation,
  ) => Relation;
};

/** The names that a FROM clause brings; `scope` is what lies outside the query. */
export function from(node: FromItem, scope: Scope): Relation {
  return fromItem(node, scope, emptyRelation);
}

/** `left` are the items before this one, whose arrays it may name. */
export function fromItem(node: FromItem, scope: Scope, left: Relation): Relation {
  return dispatch(handlers, node, scope, left);
}

function dispatch<Kind extends FromItem['type']>(
  all: {
    readonly [K in Kind]: (node: Extract<FromItem, { type: K }>, scope: Scope, left: Relation) => Relation;
  },
  node: Extract<FromItem, { type: Kind }>,
  scope: Scope,
  left: Relation,
): Relation {
  const handler: (node: Extract<FromItem, { type: Kind }>, scope: Scope, left: Relation) => Relation =
    all[node.type];
  return handler(node, scope, left);
}

const handlers: Handlers = {
  table,
  unnest,
  tableFunction,
  join,
  pivot,
  unpivot,
  derivedTable,
};

/** A query in parentheses; an alias hides the names that a pipe query leaves known. */
function derivedTable(node: DerivedTable, scope: Scope, left: Relation): Relation {
  const rows = lazyQuery(node.query, node.lateral === true ? childScope(scope, left) : childScope(scope));
  return relationOf(sourceOfRows(rows, node.alias?.name), node.alias === undefined ? rows.kept : []);
}

function join(node: Join, scope: Scope, left: Relation): Relation {
  const first = fromItem(node.left, scope, left);
  const second = fromItem(node.right, scope, left === emptyRelation ? first : joinRelations(left, first, []));
  const merged = distinct(node.using ?? []).map((name) => usingColumn(node, name, first, second, scope));
  const joined = joinRelations(first, second, merged);
  if (node.on !== undefined) influence(scope.pass, expression(node.on, childScope(scope, joined)));
  if (isCross(node)) scope.pass.facts.flags.add('crossJoin');
  return joined;
}

function distinct(names: readonly Name[]): readonly Name[] {
  return [...new Map(names.map((name) => [name.name.toLowerCase(), name])).values()];
}

function isCross(node: Join): boolean {
  return node.kind === 'CROSS' && node.right.type !== 'unnest';
}

function usingColumn(node: Join, name: Name, first: Relation, second: Relation, scope: Scope): Column {
  const left = usingSide(name, first, scope);
  const right = usingSide(name, second, scope);
  const sides = [left, right].filter((column) => column !== undefined);
  for (const side of sides) influence(scope.pass, side.value);
  const value = merge(sides.map((side) => side.value));
  if (node.kind === 'FULL' || left === undefined || right === undefined)
    return { name: name.name, value: { ...value, copied: false } };
  return { name: name.name, value: node.kind === 'RIGHT' ? right.value : left.value };
}

function usingSide(name: Name, relation: Relation, scope: Scope): Column | undefined {
  const wanted = name.name.toLowerCase();
  const found = relation.find(wanted);
  const open = found.length === 0 ? relation.sources.find((source) => source.open) : undefined;
  const column = found[0] ?? open?.guess?.(name.name);
  column?.read?.([]);
  if (found.length > 1)
    reportGap(scope.pass, 'ambiguous-name', `${name.name} in USING is in more than one table`, name.range);
  if (column !== undefined) return column;
  if (open === undefined)
    reportGap(scope.pass, 'unknown-column', `there is no column ${name.name} for USING`, name.range);
  return open === undefined ? undefined : { name: name.name, value: open.row() };
}
