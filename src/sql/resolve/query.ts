import type { Query, QueryBody } from '../ast/index.ts';
import { relationOf } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import { commonTables } from './common-tables.ts';
import { expression } from './expression.ts';
import { influence } from './pass.ts';
import { readColumns } from './read-columns.ts';
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

/** The rows of a query; all its columns count as read. */
export function query(node: Query, scope: Scope): Rows {
  const rows = lazyQuery(node, scope);
  if (node.desugared !== true) return rows;
  const passed = rows.columns.filter((column) => column.read !== undefined);
  if (passed.length > 0) scope.pass.facts.flags.add('selectsStar');
  return { ...rows, columns: readColumns(rows.columns) };
}

/** The same, where columns that a pipe operator only passes on are read when something uses them. */
export function lazyQuery(node: Query, scope: Scope): Rows {
  const outer: Scope = node.desugared === true ? { ...scope, lazy: true } : scope;
  return queryRows(node, outer);
}

function queryRows(node: Query, outer: Scope): Rows {
  const { lazy, ...scope } = outer;
  const inner = node.with === undefined ? scope : commonTables(node.with, scope);
  const body = queryBody(node.body, lazy === true ? { ...inner, lazy } : inner);
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
    else influence(orderScope.pass, readColumns([output])[0]?.value ?? output.value);
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
