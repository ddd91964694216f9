import type { SetOperation } from '../ast/index.ts';
import { merge } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import type { Scope } from '../scope/scope.ts';
import { columnsByName } from '../scope/source.ts';
import type { Column } from '../scope/source.ts';
import { influence, reportGap } from './pass.ts';
import { queryBody } from './query.ts';
import { readColumns } from './read-columns.ts';
import type { Rows } from './rows.ts';

/** Sides are put together by position, or by name; all but UNION ALL compare the rows of both. */
export function setOperation(node: SetOperation, scope: Scope): Rows {
  const left = usedRows(queryBody(node.left, scope).rows);
  const right = usedRows(queryBody(node.right, scope).rows);
  if (left.open || right.open)
    reportGap(scope.pass, 'unknown-column', 'the columns of a set operation are not known', node.range);
  const pairs =
    node.match === 'position' ? byPosition(node, left, right, scope) : byName(node, left, right, scope);
  if (node.operator !== 'UNION' || !node.all) for (const pair of pairs) influence(scope.pass, pair.value);
  const { row } = left;
  return row !== undefined && right.row !== undefined
    ? { columns: pairs, row: merge([row, right.row]), open: false }
    : { columns: pairs, open: left.open || right.open };
}

function usedRows(rows: Rows): Rows {
  return { ...rows, columns: readColumns(rows.columns) };
}

function byPosition(node: SetOperation, left: Rows, right: Rows, scope: Scope): readonly Column[] {
  if (left.columns.length !== right.columns.length && !left.open && !right.open) {
    reportGap(
      scope.pass,
      'syntax',
      'the sides of a set operation have different numbers of columns',
      node.range,
    );
  }
  const longer = left.columns.length < right.columns.length ? right : left;
  return longer.columns.map((column, index) => ({
    name: left.columns[index]?.name ?? column.name,
    value: both([left.columns[index]?.value, right.columns[index]?.value]),
  }));
}

function byName(node: SetOperation, left: Rows, right: Rows, scope: Scope): readonly Column[] {
  const names = outputNames(node, left, right);
  return names.map((name) => {
    const values = [left, right].map(
      (rows) => columnsByName(rows.columns).get(name.toLowerCase())?.[0]?.value,
    );
    if (values.every((value) => value === undefined)) {
      reportGap(
        scope.pass,
        'unknown-column',
        `no side of the set operation has a column ${name}`,
        node.range,
      );
    }
    return { name, value: both(values) };
  });
}

function outputNames(node: SetOperation, left: Rows, right: Rows): readonly string[] {
  if (node.matchColumns !== undefined) return node.matchColumns.map((name) => name.name);
  const leftNames = left.columns.map((column) => column.name);
  const rightNames = right.columns.map((column) => column.name);
  const common = leftNames.filter((name) => has(rightNames, name));
  switch (node.keep) {
    case 'left':
    case 'strict':
      return leftNames;
    case 'full':
      return [...leftNames, ...rightNames.filter((name) => !has(leftNames, name))];
    case 'inner':
      return common;
    case undefined:
    default:
      return node.match === 'corresponding' ? common : leftNames;
  }
}

function both(values: readonly (Value | undefined)[]): Value {
  return { ...merge(values.filter((value) => value !== undefined)), copied: false };
}

function has(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase());
}
