import type { Select, SelectItem } from '../ast/index.ts';
import { merge, structOf, unknownValue } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import type { Column, Source } from '../scope/source.ts';
import { expression, impliedName } from './expression.ts';
import { emptyRelation, namedSources } from '../scope/relation.ts';
import { from } from './from.ts';
import { groupBy } from './group-by.ts';
import { influence } from './pass.ts';
import { readColumns } from './read-columns.ts';
import { path } from './path.ts';
import type { Body } from './query.ts';
import { rowsOf, valueRows } from './rows.ts';
import type { Rows } from './rows.ts';
import { star } from './star.ts';
import { window } from './window.ts';

/** One column of a select list, with the item of the text that it comes from. */
export interface Item extends Column {
  readonly node: SelectItem;
  /** True when it calls an aggregate, so that it is no key of GROUP BY ALL. */
  readonly aggregated: boolean;
}

/** Aggregates of a subquery say nothing about the query around it. */
export function select(node: Select, outer: Scope): Body {
  const { facts } = outer.pass;
  const before = facts.aggregates;
  const body = selectBody(node, outer);
  facts.aggregates = before;
  return body;
}

function selectBody(node: Select, { lazy = false, ...outer }: Scope): Body {
  const relation = node.from === undefined ? emptyRelation : from(node.from, outer);
  const scope = withWindows(childScope(outer, relation), node);
  if (node.privacy?.unit !== undefined) influence(scope.pass, expression(node.privacy.unit, scope));
  if (node.where !== undefined) influence(scope.pass, expression(node.where, scope));
  const { items, open } = selectList(node.items, scope, lazy);
  if (items.some((item) => item.aggregated)) scope.pass.facts.aggregated.add(node);
  const named = withAliases(scope, items);
  if (node.groupBy !== undefined) groupBy(node.groupBy, items, named);
  for (const condition of [node.having, node.qualify]) {
    if (condition !== undefined) influence(scope.pass, expression(condition, named));
  }
  for (const { window: specification } of node.windows) window(specification, scope);
  if (node.distinct) for (const item of readColumns(items)) influence(scope.pass, item.value);
  const kept = node.keepsNames === true ? { kept: namedSources(relation).filter(hasName) } : {};
  return { rows: { ...rows(node, items, open), ...kept }, orderScope: named };
}

function hasName({ alias }: Source): boolean {
  return alias !== undefined;
}

function withWindows(scope: Scope, node: Select): Scope {
  if (node.windows.length === 0) return scope;
  return {
    ...scope,
    windows: new Map(node.windows.map((each) => [each.name.name.toLowerCase(), each.window])),
  };
}

/** A column that a pipe only passes on is no name of the list: it is read where its own name is found. */
function withAliases(scope: Scope, items: readonly Item[]): Scope {
  const aliases = new Map<string, Value>();
  for (const item of items) {
    if (item.name === '' || item.read !== undefined) continue;
    const key = item.name.toLowerCase();
    const other = aliases.get(key);
    aliases.set(key, other === undefined ? item.value : merge([other, item.value]));
  }
  return aliases.size === 0 ? scope : { ...scope, aliases };
}

function selectList(
  nodes: readonly SelectItem[],
  scope: Scope,
  lazy: boolean,
): { readonly items: readonly Item[]; readonly open: boolean } {
  let open = false;
  const items = nodes.flatMap((node): readonly Item[] => {
    if (node.type === 'selectExpression') return [selectExpression(node, scope)];
    const expanded = star(node, scope, lazy);
    open ||= expanded.open;
    return expanded.columns.map((column) => ({ ...column, node, aggregated: false }));
  });
  return { items, open };
}

function selectExpression(node: Extract<SelectItem, { type: 'selectExpression' }>, scope: Scope): Item {
  const { value, alias } = node;
  const before = scope.pass.facts.aggregates;
  const result = value.type === 'path' ? path(value, scope, alias === undefined) : expression(value, scope);
  const aggregated = scope.pass.facts.aggregates > before;
  return { node, name: alias?.name ?? impliedName(value) ?? '', value: result, aggregated };
}

function rows(node: Select, items: readonly Item[], open: boolean): Rows {
  if (node.as === 'STRUCT') return valueRows(structOf(readColumns(items)));
  if (node.as === 'VALUE') return valueRows(readColumns(items)[0]?.value ?? unknownValue);
  return rowsOf(items, open);
}
