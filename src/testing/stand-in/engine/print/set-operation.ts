import type { Range, SetOperation } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { typeText } from '../type/sql-type.ts';
import { supertype } from '../type/supertype.ts';
import { coerce } from './coerce.ts';
import { failAt } from './context.ts';
import { printBody } from './query.ts';
import { outputName, sameText, type Output, type PrintedQuery, type Scope } from './scope.ts';

export function printSetOperation(node: SetOperation, scope: Scope): PrintedQuery {
  const left = printBody(node.left, scope);
  const right = printBody(node.right, scope);
  if (node.match !== 'position') return byName(node, left, right, scope);
  return combined(node, left, right, scope);
}

function combined(node: SetOperation, left: PrintedQuery, right: PrintedQuery, scope: Scope): PrintedQuery {
  if (left.columns.length !== right.columns.length) {
    throw failAt(
      scope.context,
      node.range,
      `Queries in ${node.operator} ${node.all ? 'ALL' : 'DISTINCT'} have mismatched column count; query 1 has ${left.columns.length} column, query 2 has ${right.columns.length} column`,
    );
  }
  const columns = left.columns.map((column, index) =>
    commonColumn(node, column, right.columns[index], index, scope),
  );
  const operator = node.operator + (node.all ? ' ALL' : '');
  const sides = [left, right].map((side) => `(${alignColumns(side, columns, scope, node.range).sql})`);
  return {
    sql: `SELECT * FROM (${sides.join(` ${operator} `)}) AS ${scope.context.trace.fresh('u')}`,
    columns,
    isValue: left.isValue,
  };
}

function commonColumn(
  node: SetOperation,
  left: Output,
  right: Output | undefined,
  index: number,
  scope: Scope,
): Output {
  const type = right === undefined ? undefined : supertype([left.type, right.type]);
  if (type === undefined) {
    const types = `${typeText(left.type)}, ${right === undefined ? '' : typeText(right.type)}`;
    throw failAt(
      scope.context,
      node.range,
      `Column ${index + 1} in ${node.operator} ${node.all ? 'ALL' : 'DISTINCT'} has incompatible types: ${types}`,
    );
  }
  return { ...left, type };
}

/** The query with its columns cast to the wanted types. */
export function alignColumns(
  query: PrintedQuery,
  wanted: readonly Output[],
  scope: Scope,
  range: Range,
): PrintedQuery {
  const alias = scope.context.trace.fresh('q');
  const items = wanted.map((output, index) => {
    const column = query.columns[index];
    const value = column && coerce({ sql: `${alias}.${outputName(index)}`, type: column.type }, output.type);
    if (value === undefined) throw failAt(scope.context, range, `Column ${index + 1} has incompatible types`);
    return `${value.sql} AS ${outputName(index)}`;
  });
  return { ...query, columns: wanted, sql: `SELECT ${items.join(', ')} FROM (${query.sql}) AS ${alias}` };
}

/** BY NAME and CORRESPONDING: both sides are brought to one list of names first. */
function byName(node: SetOperation, left: PrintedQuery, right: PrintedQuery, scope: Scope): PrintedQuery {
  const names = nameList(node, left, right, scope);
  return combined(node, picked(left, names, right, scope), picked(right, names, left, scope), scope);
}

function nameList(
  node: SetOperation,
  left: PrintedQuery,
  right: PrintedQuery,
  scope: Scope,
): readonly string[] {
  const leftNames = left.columns.map((column) => column.name ?? '');
  const rightNames = right.columns.map((column) => column.name ?? '');
  if ([...leftNames, ...rightNames].includes(''))
    throw unsupported(`${node.operator} by name of unnamed columns`);
  if (node.matchColumns !== undefined) return node.matchColumns.map((column) => column.name);
  const inRight = (name: string): boolean => rightNames.some((other) => sameText(other, name));
  const inLeft = (name: string): boolean => leftNames.some((other) => sameText(other, name));
  const keep = node.keep ?? (node.match === 'corresponding' ? 'inner' : 'strict');
  if (keep === 'strict' && (!leftNames.every(inRight) || !rightNames.every(inLeft))) {
    throw failAt(scope.context, node.range, `BY NAME requires both queries to have the same column names`);
  }
  if (keep === 'inner') return leftNames.filter(inRight);
  return keep === 'full' ? [...leftNames, ...rightNames.filter((name) => !inLeft(name))] : leftNames;
}

function picked(
  query: PrintedQuery,
  names: readonly string[],
  other: PrintedQuery,
  scope: Scope,
): PrintedQuery {
  const alias = scope.context.trace.fresh('q');
  const columns: Output[] = [];
  const items = names.map((name, index) => {
    const at = query.columns.findIndex((column) => sameText(column.name, name));
    const type = (query.columns[at] ?? other.columns.find((column) => sameText(column.name, name)))?.type ?? {
      kind: 'null',
    };
    columns.push({ name, type });
    return `${at < 0 ? 'NULL' : `${alias}.${outputName(at)}`} AS ${outputName(index)}`;
  });
  return { ...query, columns, sql: `SELECT ${items.join(', ')} FROM (${query.sql}) AS ${alias}` };
}
