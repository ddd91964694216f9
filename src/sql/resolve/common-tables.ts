import type { CommonTable, Query, With } from '../ast/index.ts';
import { scalar } from '../lineage/type.ts';
import { allSources, constant, merge } from '../lineage/value.ts';
import type { Scope } from '../scope/scope.ts';
import type { Column } from '../scope/source.ts';
import { reportGap } from './pass.ts';
import { query } from './query.ts';
import type { Rows } from './rows.ts';

/** A scope in which the common tables are known, each to those after it (with RECURSIVE: to all). */
export function commonTables(node: With, scope: Scope): Scope {
  const start = node.recursive
    ? node.tables.reduce((outer, table) => withTable(outer, table, later), scope)
    : scope;
  return node.tables.reduce((outer, table) => {
    if (table.name.name.includes('.')) {
      reportGap(
        scope.pass,
        'unsupported',
        'a common table with a dot in its name is not analysed',
        table.name.range,
      );
    }
    const rows = node.recursive ? recursiveRows(table, outer) : query(table.query, outer);
    return withTable(outer, table, withDepth(rows, table));
  }, start);
}

/** Only those who read the table from outside see how deep a row lies. */
function withDepth(rows: Rows, { depth }: CommonTable): Rows {
  if (depth === undefined) return rows;
  return { ...rows, columns: [...rows.columns, { name: depth.name, value: constant(scalar('INT64')) }] };
}

/** With RECURSIVE a table may name one that is written after it. */
const later: Rows = { columns: [], open: true, later: true };

function withTable(scope: Scope, table: CommonTable, rows: Rows): Scope {
  return { ...scope, commonTables: { name: table.name.name.toLowerCase(), rows, outer: scope.commonTables } };
}

/** Once with no rows of its own, then until no value gains a source. */
function recursiveRows(table: CommonTable, scope: Scope): Rows {
  let rows = query(baseOf(table.query), scope);
  if (baseOf(table.query) === table.query) return rows;
  for (let round = 0; round < 20; round += 1) {
    const next = query(table.query, withTable(scope, table, rows));
    if (sizeOf(next) === sizeOf(rows) && round > 0) return next;
    rows = mergeRows(rows, next);
  }
  reportGap(scope.pass, 'limit', `${table.name.name} refers to itself in too many ways`, table.range);
  return rows;
}

/** The term of a recursive table that does not refer to it: the leftmost of its UNION. */
function baseOf(node: Query): Query {
  if (node.body.type !== 'setOperation') return node;
  let left = node.body.left;
  while (left.type === 'setOperation') left = left.left;
  return {
    type: 'query',
    range: left.range,
    body: left,
    orderBy: [],
    ...(node.with === undefined ? {} : { with: node.with }),
  };
}

function sizeOf(rows: Rows): number {
  return rows.columns.reduce((sum, column) => sum + allSources(column.value).size, 0);
}

function mergeRows(left: Rows, right: Rows): Rows {
  const columns = left.columns.map((column, index): Column => {
    const other = right.columns[index];
    return {
      name: column.name,
      value: other === undefined ? column.value : merge([column.value, other.value]),
    };
  });
  return { columns, open: left.open || right.open };
}
