import type { CreateTable, Path } from '../ast/index.ts';
import type { ObjectName } from '../catalog.ts';
import { columnSource } from '../lineage/source.ts';
import { allSources, constant } from '../lineage/value.ts';
import type { Scope } from '../scope/scope.ts';
import { noteDefinition } from './definition.ts';
import { expression } from './expression.ts';
import { namedTable, noteTable } from './named-table.ts';
import { columnSettings, definedColumn, isStoredOutside, options } from './options.ts';
import { influence, reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import { query } from './query.ts';
import { record } from './record.ts';
import { keepTable } from './script-tables.ts';
import type { Outcome, ScriptWalk, Write } from './record.ts';
import type { Rows } from './rows.ts';
import { rowsOf } from './rows.ts';
import { objectName } from './table-name.ts';

const kinds = {
  TABLE: 'CREATE_TABLE',
  'EXTERNAL TABLE': 'CREATE_EXTERNAL_TABLE',
  'SNAPSHOT TABLE': 'CREATE_SNAPSHOT_TABLE',
} as const;

export function createTable(node: CreateTable, walk: ScriptWalk): void {
  const kind = node.query === undefined ? kinds[node.kind] : 'CREATE_TABLE_AS_SELECT';
  record(walk, kind, node.range, (scope) => {
    const { pass } = scope;
    noteDefinition(node, pass);
    if (node.kind === 'EXTERNAL TABLE') pass.facts.flags.add('external');
    if (node.connection !== undefined || isStoredOutside(node.options)) outside(node, pass);
    options(node.options, scope);
    columnSettings(node.columns ?? [], scope);
    const name = createdName(node.name, node.temporary, pass);
    noteTable(pass, name, node.temporary ? 'temporary' : 'table', 'create', rangeOf(node.name));
    const rows = tableRows(node, scope);
    const { temporary, ifNotExists } = node;
    if (rows !== undefined) keepTable({ name, temporary, ifNotExists, rows, range: node.range }, pass);
    return created(
      name,
      node.query === undefined && node.from === undefined ? undefined : rows,
      node.query !== undefined,
    );
  });
}

/** A table whose data lies outside of BigQuery: to fill it is an export. */
function outside(node: CreateTable, pass: Pass): void {
  pass.facts.flags.add('external');
  if (node.query !== undefined || node.from !== undefined) pass.facts.flags.add('export');
}

/** The outputs are the columns stored, and each is a write. */
export function created(name: ObjectName, rows: Rows | undefined, isQuery: boolean): Outcome {
  const columns = rows?.columns ?? [];
  const writes = columns.map((column): Write => ({
    target: columnSource(name, column.name),
    sources: allSources(column.value),
  }));
  return { outputs: isQuery ? columns : [], writes };
}

export function createdName(path: Path, temporary: boolean, pass: Pass): ObjectName {
  const last = path[path.length - 1] ?? path[0];
  if (temporary) return pass.known.name('', '', last.name);
  const name = objectName(path, pass);
  if (name === undefined) reportGap(pass, 'unknown-table', `${last.name} needs a dataset`, rangeOf(path));
  return name ?? pass.known.name('', '', last.name);
}

export function rangeOf(path: Path): { readonly start: number; readonly end: number } {
  return { start: path[0].range.start, end: (path[path.length - 1] ?? path[0]).range.end };
}

function tableRows(node: CreateTable, scope: Scope): Rows | undefined {
  const copied = node.from === undefined ? undefined : copiedRows(node.from, scope);
  const listed = node.columns?.map(definedColumn);
  if (node.query === undefined) return copied ?? (listed === undefined ? undefined : rowsOf(listed));
  const rows = query(node.query, scope);
  if (listed?.length !== rows.columns.length) return rows;
  return rowsOf(
    rows.columns.map((column, index) => ({ name: listed[index]?.name ?? column.name, value: column.value })),
    rows.open,
  );
}

/** COPY, CLONE and SNAPSHOT take every value; LIKE takes the columns alone. */
function copiedRows({ how, table }: NonNullable<CreateTable['from']>, scope: Scope): Rows {
  if (table.systemTime !== undefined) influence(scope.pass, expression(table.systemTime, scope));
  const source = namedTable(table, 'read', 'copy', scope);
  if (how !== 'LIKE') source.row();
  const columns = source
    .columns()
    .map(({ name, value }) => ({ name, value: how === 'LIKE' ? constant(value.type) : value }));
  return { columns, open: source.open };
}
