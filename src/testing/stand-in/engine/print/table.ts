import type { Path, TableReference } from '../../../../sql/ast/index.ts';
import { EngineError, invalidQuery, unsupported } from '../engine-error.ts';
import type { StoredTable } from '../store/stored-table.ts';
import { physicalType } from '../type/physical-type.ts';
import { fieldSqlType } from '../type/field-type.ts';
import { scalar, string } from '../type/sql-type.ts';
import { parse } from '../parse.ts';
import { coerce } from './coerce.ts';
import { failAt, type PrintContext } from './context.ts';
import { printExpression } from './expression.ts';
import { querySource, type PrintedFrom } from './from.ts';
import { printInformationSchema } from './information-schema.ts';
import { printQuery } from './query.ts';
import { rootScope, type Column, type PrintedQuery, type Scope } from './scope.ts';

/** A table, view, wildcard or INFORMATION_SCHEMA view named in FROM. */
export function printNamedTable(item: TableReference, scope: Scope, sample: string): PrintedFrom {
  const { context } = scope;
  const alias = item.alias?.name ?? item.path.at(-1)?.name;
  const information = printInformationSchema(item.path, context);
  if (information !== undefined) return querySource(information, `(${information.sql})`, alias, scope);
  if (item.path.at(-1)?.name.endsWith('*') === true) return printWildcard(item, scope);
  const table = findTable(item.path, context);
  const { record } = table;
  if (record.type === 'VIEW') {
    if (item.systemTime !== undefined) throw unsupported('FOR SYSTEM_TIME on a view');
    noteRead(context, table);
    const query = printView(table, scope);
    return querySource(query, `(${query.sql})`, alias, scope);
  }
  if (item.systemTime !== undefined) noteMoment(item, table, scope);
  const name = context.trace.fresh('t');
  noteRead(context, table);
  const columns = table.columns.map((column): Column => ({
    name: column.field.name,
    sql: `${name}.${column.physical}`,
    type: fieldSqlType(column.field),
    read: (path) => noteRead(context, table, [column.field.name, ...path].join('.')),
  }));
  return {
    sql: `${table.physical} AS ${name}${sample}`,
    sources: [{ ...(alias === undefined ? {} : { alias }), columns }],
  };
}

function noteRead(context: PrintContext, table: StoredTable, path?: string): void {
  const paths = context.trace.reads.get(table) ?? new Set<string>();
  if (path !== undefined) paths.add(path);
  context.trace.reads.set(table, paths);
}

export function findTable(path: Path, context: PrintContext): StoredTable {
  if (path.length === 1) {
    const temporary = context.temporaryTables.get(path[0].name.toLowerCase());
    if (temporary !== undefined) return temporary;
  }
  const id = context.store.tableId(path, context);
  const table = context.store.findTable(id);
  if (table === undefined) throw context.store.missingTable(id);
  return table;
}

/** A view is its query in its own words: its project, no default dataset, no parameters or variables of ours. */
function printView({ record, viewDataset }: StoredTable, scope: Scope): PrintedQuery {
  const text = record.viewQuery ?? '';
  if (scope.context.depth >= 16) throw invalidQuery(`View ${record.tableId} nests too deeply`);
  const { defaultDataset: _, ...rest } = scope.context;
  const context: PrintContext = {
    ...rest,
    text,
    project: record.projectId,
    ...(viewDataset === undefined ? {} : { defaultDataset: viewDataset }),
    parameters: new Map(),
    variables: new Map(),
    functions: new Map(),
    depth: scope.context.depth + 1,
  };
  const [statement] = parse(text).statements;
  if (statement?.type !== 'queryStatement') throw invalidQuery(`View ${record.tableId} is not a query`);
  const query = printQuery(statement.query, rootScope(context));
  const named = query.columns.map((column, index) => ({
    ...column,
    name: record.schema[index]?.name ?? column.name ?? '',
  }));
  return { ...query, columns: named };
}

/** Only the present is kept: a moment since the last change is the present, one before it is not to be had. */
function noteMoment(item: TableReference, table: StoredTable, scope: Scope): void {
  if (item.systemTime === undefined) return;
  const moment = coerce(printExpression(item.systemTime, scope), scalar('TIMESTAMP'));
  if (moment === undefined)
    throw failAt(scope.context, item.systemTime.range, 'FOR SYSTEM_TIME AS OF must be a TIMESTAMP');
  scope.context.trace.moments.push({ table, sql: moment.sql });
}

export const tableSuffix = '_TABLE_SUFFIX';

/** All tables with the prefix, with the columns of the newest and what follows the prefix in `_TABLE_SUFFIX`. */
function printWildcard(item: TableReference, scope: Scope): PrintedFrom {
  const { context } = scope;
  if (item.systemTime !== undefined) throw unsupported('FOR SYSTEM_TIME on a wildcard table');
  const id = context.store.tableId(item.path, context);
  const prefix = id.tableId.slice(0, -1);
  const tables = context.store
    .tablesOf(id)
    .filter((table) => table.record.type === 'TABLE' && table.record.tableId.startsWith(prefix));
  const newest = tables
    .toSorted((left, right) => left.record.creationTime - right.record.creationTime)
    .at(-1);
  if (newest === undefined) {
    throw new EngineError(
      'notFound',
      `${id.projectId}:${id.datasetId}.${id.tableId} does not match any table.`,
    );
  }
  const name = context.trace.fresh('t');
  const members = tables.map((table) =>
    wildcardMember(table, newest, table.record.tableId.slice(prefix.length)),
  );
  const noteAll = (path: string): void => {
    for (const table of tables)
      if (hasColumn(table, path.split('.')[0] ?? '')) noteRead(context, table, path);
  };
  for (const table of tables) noteRead(context, table);
  const columns = newest.columns.map((column, index): Column => ({
    name: column.field.name,
    sql: `${name}.c${index + 1}`,
    type: fieldSqlType(column.field),
    read: (path) => noteAll([column.field.name, ...path].join('.')),
  }));
  const suffix: Column = { name: tableSuffix, sql: `${name}.suffix`, type: string, pseudo: true };
  const alias = item.alias?.name;
  return {
    sql: `(${members.join(' UNION ALL ')}) AS ${name}`,
    sources: [{ ...(alias === undefined ? {} : { alias }), columns: [...columns, suffix] }],
  };
}

function hasColumn(table: StoredTable, name: string): boolean {
  return table.columns.some((column) => column.field.name.toLowerCase() === name.toLowerCase());
}

function wildcardMember(table: StoredTable, newest: StoredTable, suffix: string): string {
  const items = newest.columns.map(({ field }, index) => {
    const own = table.columns.find((column) => column.field.name.toLowerCase() === field.name.toLowerCase());
    const type = physicalType(fieldSqlType(field));
    if (own !== undefined && physicalType(fieldSqlType(own.field)) !== type) {
      throw invalidQuery(`Cannot read field '${field.name}' of type ${own.field.type} as ${field.type}`);
    }
    return `${own?.physical ?? `CAST(NULL AS ${type})`} AS c${index + 1}`;
  });
  return `SELECT ${items.join(', ')}, '${suffix.replaceAll("'", "''")}' AS suffix FROM ${table.physical}`;
}
