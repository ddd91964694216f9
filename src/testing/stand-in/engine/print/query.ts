import { assertNever } from '../../../../sql/assert-never.ts';
import type { CommonTable, OrderItem, Query, QueryBody, With } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { physicalType } from '../type/physical-type.ts';
import { int64, settle } from '../type/sql-type.ts';
import { mustCoerce } from './coerce.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { outputName, sameText, type CommonTableSource, type PrintedQuery, type Scope } from './scope.ts';
import { printSelect } from './select.ts';
import { alignColumns, printSetOperation } from './set-operation.ts';
import { printOrder } from './window.ts';

/** What stands behind the body of a query. */
export interface Tail {
  readonly orderBy: readonly OrderItem[];
  /** ` LIMIT … OFFSET …`. */
  readonly limit: string;
}

export function printQuery(query: Query, scope: Scope): PrintedQuery {
  if (query.analysisOnly === true) throw unsupported('MATCH_RECOGNIZE');
  const { scope: inner, sql: prefix } =
    query.with === undefined ? { scope, sql: '' } : printCommonTables(query.with, scope);
  const tail: Tail = { orderBy: query.orderBy, limit: limitSql(query, inner) };
  const printed =
    query.body.type === 'select'
      ? printSelect(query.body, inner, tail)
      : ordered(printBody(query.body, inner), tail, inner);
  const { keeping, ...plain } = { ...printed, sql: prefix + printed.sql };
  return keeping === undefined ? plain : { ...plain, keeping: { ...keeping, sql: prefix + keeping.sql } };
}

export function printBody(body: QueryBody, scope: Scope): PrintedQuery {
  switch (body.type) {
    case 'select':
      return printSelect(body, scope, { orderBy: [], limit: '' });
    case 'nestedQuery':
      return printQuery(body.query, scope);
    case 'setOperation':
      return printSetOperation(body, scope);
    default:
      return assertNever(body);
  }
}

function limitSql(query: Query, scope: Scope): string {
  const part = (keyword: string, node: Query['limit']): string => {
    if (node === undefined) return '';
    const value = printExpression(node, scope);
    return ` ${keyword} ${mustCoerce(value, int64, scope, node.range, `${keyword} expects an integer literal or parameter`).sql}`;
  };
  return part('LIMIT', query.limit) + part('OFFSET', query.offset);
}

/** ORDER BY of a set operation sees only its columns. */
function ordered(body: PrintedQuery, tail: Tail, scope: Scope): PrintedQuery {
  if (tail.orderBy.length === 0 && tail.limit === '') return body;
  const alias = scope.context.trace.fresh('q');
  const columns = body.columns.map((column, index) => ({ ...column, sql: `${alias}.${outputName(index)}` }));
  const inner: Scope = {
    context: scope.context,
    tables: scope.tables,
    parent: scope,
    sources: [{ columns }],
  };
  const order = tail.orderBy.map((item) => {
    const position =
      item.value.type === 'literal' && item.value.kind === 'integer' ? Number(item.value.value) : undefined;
    const column = position === undefined ? undefined : columns[position - 1];
    if (position !== undefined && column === undefined) {
      throw failAt(scope.context, item.range, `ORDER BY column number item is out of range`);
    }
    return printOrder(item, column?.sql ?? printExpression(item.value, inner).sql);
  });
  const orderSql = order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`;
  const names = body.columns.map((_, index) => `${alias}.${outputName(index)} AS ${outputName(index)}`);
  const { keeping: _, ...plain } = body;
  return {
    ...plain,
    sql: `SELECT ${names.join(', ')} FROM (${body.sql}) AS ${alias}${orderSql}${tail.limit}`,
  };
}

function printCommonTables(node: With, scope: Scope): { readonly scope: Scope; readonly sql: string } {
  const tables = new Map(scope.tables);
  const inner: Scope = { context: scope.context, tables, parent: scope, sources: [] };
  const parts = node.tables.map((table) => {
    const name = scope.context.trace.fresh('w');
    const printed =
      node.recursive && mentions(table)
        ? recursive(table, name, inner, tables)
        : printQuery(table.query, inner);
    tables.set(table.name.name.toLowerCase(), {
      sql: name,
      columns: printed.columns,
      isValue: printed.isValue,
    });
    return `${name}(${printed.columns.map((_, index) => outputName(index)).join(', ')}) AS (${printed.sql})`;
  });
  return { scope: inner, sql: `WITH ${node.recursive ? 'RECURSIVE ' : ''}${parts.join(', ')} ` };
}

/** Whether a common table names itself; only then is it recursive. */
function mentions(table: CommonTable): boolean {
  const name = table.name.name;
  const visit = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(visit);
    if (typeof value !== 'object' || value === null) return false;
    if ('type' in value && value.type === 'table' && 'path' in value && isPathOf(value.path, name))
      return true;
    return Object.values(value).some(visit);
  };
  return visit(table.query);
}

function isPathOf(path: unknown, name: string): boolean {
  if (!Array.isArray(path) || path.length !== 1) return false;
  const [part]: unknown[] = path;
  return (
    typeof part === 'object' &&
    part !== null &&
    'name' in part &&
    typeof part.name === 'string' &&
    sameText(part.name, name)
  );
}

/** The first part says the types; the second sees the table so far. */
function recursive(
  table: CommonTable,
  name: string,
  scope: Scope,
  tables: Map<string, CommonTableSource>,
): PrintedQuery {
  const { body } = table.query;
  if (body.type !== 'setOperation' || body.operator !== 'UNION')
    throw unsupported('WITH RECURSIVE of this form');
  const base = printBody(body.left, scope);
  const columns = base.columns.map((column) => ({ ...column, type: settle(column.type) }));
  tables.set(table.name.name.toLowerCase(), {
    sql: name,
    columns,
    isValue: base.isValue,
  });
  const step = alignColumns(printBody(body.right, scope), columns, scope, body.range);
  const first = base.columns.map(
    (_, index) =>
      `CAST(${outputName(index)} AS ${physicalType(columns[index]?.type ?? int64)}) AS ${outputName(index)}`,
  );
  const sql = `SELECT ${first.join(', ')} FROM (${base.sql}) UNION ${body.all ? 'ALL ' : ''}(${step.sql})`;
  if (table.query.orderBy.length > 0 || table.query.limit !== undefined)
    throw unsupported('ORDER BY or LIMIT in a recursive query');
  return { sql, columns, isValue: base.isValue };
}
