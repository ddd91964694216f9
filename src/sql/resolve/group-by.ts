import type { Expression, GroupBy, GroupingItem } from '../ast/index.ts';
import type { Scope } from '../scope/scope.ts';
import { expression } from './expression.ts';
import { outputAt } from './ordinal.ts';
import { influence } from './pass.ts';
import type { Item } from './select.ts';

/** Keys decide the group of each row; a key may be a name or a place of the select list. */
export function groupBy(node: GroupBy, items: readonly Item[], scope: Scope): void {
  if (node.all) for (const item of items) groupByAll(item, scope);
  for (const item of node.items) groupingItem(item, items, scope);
}

function groupByAll(item: Item, scope: Scope): void {
  if (!item.aggregated) influence(scope.pass, item.value);
}

function groupingItem(node: GroupingItem, items: readonly Item[], scope: Scope): void {
  switch (node.type) {
    case 'expression':
      key(node.value, items, scope);
      return;
    case 'set':
      for (const value of node.items) key(value, items, scope);
      return;
    case 'rollup':
    case 'cube':
    case 'groupingSets':
      for (const item of node.items) groupingItem(item, items, scope);
  }
}

function key(node: Expression, items: readonly Item[], scope: Scope): void {
  const output = outputAt(node, items);
  if (output !== undefined) influence(scope.pass, output.value);
  else if (node.type === 'path') influence(scope.pass, expression(node, scope));
  else keyExpression(node, scope);
}

/** Within an expression a name may be the column or the select list's: both are taken. */
function keyExpression(node: Expression, scope: Scope): void {
  influence(scope.pass, expression(node, { ...scope, both: true }));
}
