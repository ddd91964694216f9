import type { Query, QueryBody } from '../ast/index.ts';
import { relationOf } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import { commonTables } from './common-tables.ts';
import { expression } from './expression.ts';
import { influence } from './pass.ts';
import { sourceOfRows } from './rows.ts';
import type { Rows } from './rows.ts';
import { select } from './select.ts';
import { setOperation } from './set-operation.ts';
import { orderItems } from './window.ts';
import { outputAt } from './ordinal.ts';
import { assertNever } from '../assert-never.ts';

/** Rows, and the names that ORDER BY can use besides the outer ones. */
export interface Body {
  readonly rows: Rows;
  readonly orderScope: Scope;
}

export function query(node: Query, scope: Scope): Rows {
  const inner = node.with === undefined ? scope : commonTables(node.with, scope);
  const body = queryBody(node.body, inner);
  orderBy(node, body);
  for (const bound of [node.limit, node.offset]) {
    if (bound !== undefined) influence(scope.pass, expression(bound, inner));
  }
  return body.rows;
}

function orderBy(node: Query, { rows, orderScope }: Body): void {
  for (const item of node.orderBy) {
    const output = outputAt(item.value, rows.columns);
    if (output === undefined) orderItems([item], orderScope);
    else influence(orderScope.pass, output.value);
  }
}

export function queryBody(node: QueryBody, scope: Scope): Body {
  switch (node.type) {
    case 'select':
      return select(node, scope);
    case 'setOperation':
      return overRows(setOperation(node, scope), scope);
    case 'nestedQuery':
      return overRows(query(node.query, scope), scope);
    default:
      return assertNever(node);
  }
}

function overRows(rows: Rows, scope: Scope): Body {
  return {
    rows,
    orderScope: childScope(
      scope,
      relationOf(sourceOfRows({ columns: rows.columns, open: rows.open }, undefined)),
    ),
  };
}
