import type { Name, TableReference } from '../ast/index.ts';
import { relationOf } from '../scope/relation.ts';
import type { Relation } from '../scope/relation.ts';
import { childScope, commonTable } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import { isInScope } from '../scope/lookup.ts';
import { expression } from './expression.ts';
import { influence, reportGap } from './pass.ts';
import { path } from './path.ts';
import { sourceOfRows } from './rows.ts';
import { namedTable } from './named-table.ts';
import { arrayItem } from './unnest.ts';

/** A name in FROM: a common table, an array of something in scope, or a table. */
export function table(node: TableReference, scope: Scope, left: Relation): Relation {
  const common = node.path.length === 1 ? commonTable(scope.commonTables, node.path[0].name) : undefined;
  if (common?.later === true) {
    reportGap(
      scope.pass,
      'unsupported',
      'a common table that is written further on is not analysed',
      node.pathRange,
    );
  }
  if (common !== undefined) return relationOf(sourceOfRows(common, aliasOf(node).name));
  const inner = childScope(scope, left);
  if (node.path.length > 1 && isInScope(node.path[0], inner)) return arrayOfPath(node, inner);
  if (node.offset !== undefined)
    reportGap(scope.pass, 'unsupported', 'WITH OFFSET belongs to an array', node.range);
  if (node.systemTime !== undefined) influence(scope.pass, expression(node.systemTime, scope));
  if (node.sample !== undefined) influence(scope.pass, expression(node.sample.percent, scope));
  return relationOf(namedTable(node, 'read', 'source', scope));
}

function arrayOfPath(node: TableReference, scope: Scope): Relation {
  const array = path({ type: 'path', parts: node.path, range: node.pathRange }, { ...scope, flat: true });
  return arrayItem(array, aliasOf(node), node.offset, scope);
}

function aliasOf(node: TableReference): Name {
  return node.alias ?? node.path[node.path.length - 1] ?? node.path[0];
}
