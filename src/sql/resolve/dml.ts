import type {
  Assignment,
  Delete,
  Insert,
  InsertSource,
  Name,
  Range,
  TableReference,
  Truncate,
  Update,
} from '../ast/index.ts';
import type { ObjectName } from '../catalog.ts';
import { columnSource, fieldSource, noSources, union } from '../lineage/source.ts';
import { allSources } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { emptyRelation, joinRelations, relationOf } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import type { Source } from '../scope/source.ts';
import { expression } from './expression.ts';
import { fromItem } from './from.ts';
import { namedTable } from './named-table.ts';
import { influence, reportGap } from './pass.ts';
import { query } from './query.ts';
import { record } from './record.ts';
import type { Outcome, ScriptWalk, Write } from './record.ts';
import { assertNever } from '../assert-never.ts';

/** The table that a statement changes. */
export interface Target {
  readonly source: Source;
  readonly name: ObjectName;
  readonly alias: string;
  readonly range: Range;
}

export function dmlTarget(node: TableReference, scope: Scope): Target {
  const { pass } = scope;
  pass.facts.flags.add('dml');
  const source = namedTable(node, 'write', 'target', scope);
  const last = node.alias ?? node.path[node.path.length - 1] ?? node.path[0];
  return {
    source,
    name: source.table ?? pass.known.name('', '', last.name),
    alias: last.name,
    range: node.pathRange,
  };
}

export function insert(node: Insert, walk: ScriptWalk): void {
  record(walk, 'INSERT', node.range, (scope) => {
    const target = dmlTarget(node.target, scope);
    return {
      writes: insertInto(target, node.columns, node.source, scope, undefined),
      ...changed(node, scope),
    };
  });
}

/** `row` are the columns that `INSERT ROW` stands for. */
export function insertInto(
  target: Target,
  columns: readonly Name[] | undefined,
  source: InsertSource,
  scope: Scope,
  row: Source | undefined,
): readonly Write[] {
  const names = columns?.map((name) => name.name) ?? target.source.columns().map((column) => column.name);
  const rows = insertedRows(source, scope, row);
  for (const values of rows) {
    if (values.length !== names.length && !target.source.open) {
      reportGap(
        scope.pass,
        'unknown-column',
        'INSERT has another number of values than of columns',
        target.range,
      );
    }
  }
  return names.map((name, index) => ({
    target: columnSource(target.name, name),
    sources: union(
      rows.map((values) => (values[index] === undefined ? noSources : allSources(values[index]))),
    ),
  }));
}

function insertedRows(
  source: InsertSource,
  scope: Scope,
  row: Source | undefined,
): readonly (readonly Value[])[] {
  switch (source.type) {
    case 'values':
      return source.rows.map((values) => values.map((value) => expression(value, scope)));
    case 'query':
      return [query(source.query, childScope(scope)).columns.map((column) => column.value)];
    case 'row':
      return [readAll(row)];
    default:
      return assertNever(source);
  }
}

function readAll(source: Source | undefined): readonly Value[] {
  return (source?.columns() ?? []).map((column) => {
    column.read?.([]);
    return column.value;
  });
}

export function update(node: Update, walk: ScriptWalk): void {
  record(walk, 'UPDATE', node.range, (scope) => {
    const target = dmlTarget(node.target, scope);
    const from =
      node.from === undefined ? emptyRelation : fromItem(node.from, scope, relationOf(target.source));
    const inner = childScope(scope, joinRelations(relationOf(target.source), from, []));
    if (node.where !== undefined) influence(scope.pass, expression(node.where, inner));
    return { writes: assignments(node.assignments, target, inner), ...changed(node, scope) };
  });
}

export function assignments(nodes: readonly Assignment[], target: Target, scope: Scope): readonly Write[] {
  return nodes.map((node) => {
    const sources = allSources(expression(node.value, scope));
    return { target: assigned(node, target, scope), sources };
  });
}

/** The column or field that is set; setting a field reads the STRUCT around it. */
function assigned({ column: path }: Assignment, target: Target, scope: Scope): Write['target'] {
  const qualified = path.length > 1 && path[0].name.toLowerCase() === target.alias.toLowerCase();
  const isColumn = target.source.find(path[0].name.toLowerCase()) !== undefined;
  const [first, ...fields] = qualified && !isColumn ? path.slice(1) : path;
  const name = first ?? path[0];
  const column = target.source.find(name.name.toLowerCase());
  if (column === undefined && !target.source.open) {
    reportGap(scope.pass, 'unknown-column', `the target has no column ${name.name}`, name.range);
  }
  if (fields.length > 0) column?.read?.([]);
  const start = columnSource(target.name, column?.name ?? name.name);
  return fields.reduce((source, field) => fieldSource(source, field.name), start);
}

export function deleteRows(node: Delete, walk: ScriptWalk): void {
  record(walk, 'DELETE', node.range, (scope) => {
    const target = dmlTarget(node.target, scope);
    const inner = childScope(scope, relationOf(target.source));
    if (node.where !== undefined) influence(scope.pass, expression(node.where, inner));
    return changed(node, scope);
  });
}

/** How many rows it must change, and what it returns of them. */
function changed({ rowCount, returning }: Insert | Update | Delete, scope: Scope): Outcome {
  if (rowCount !== undefined) influence(scope.pass, expression(rowCount, scope));
  return returning === undefined ? {} : { outputs: query(returning, scope).columns, answers: true };
}

export function truncate(node: Truncate, walk: ScriptWalk): void {
  record(walk, 'TRUNCATE_TABLE', node.range, (scope) => {
    dmlTarget(node.target, scope);
    return {};
  });
}
