import type {
  AlterAction,
  AlterTable,
  CreateModel,
  CreateSchema,
  Drop,
  OtherDdl,
  Path,
} from '../ast/index.ts';
import type { ObjectName } from '../catalog.ts';
import type { Access } from '../facts.ts';
import { fullName } from '../full-name.ts';
import { assertNever } from '../assert-never.ts';
import { columnSource } from '../lineage/source.ts';
import { allSources } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { emptyRelation, relationOf } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import type { Source } from '../scope/source.ts';
import { createdName, rangeOf } from './create-table.ts';
import { expression } from './expression.ts';
import { namedTable, noteTable } from './named-table.ts';
import { columnSettings, options, setsPolicies } from './options.ts';
import { influence, reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import { query } from './query.ts';
import { record } from './record.ts';
import type { ScriptWalk, Write } from './record.ts';
import type { ReferenceRole } from './reference.ts';
import { objectName } from './table-name.ts';

export function createSchema(node: CreateSchema, walk: ScriptWalk): void {
  record(walk, 'CREATE_SCHEMA', node.range, (scope) => {
    scope.pass.facts.flags.add('ddl');
    if (node.options.some(({ name }) => name.name.toLowerCase() === 'external_source'))
      scope.pass.facts.flags.add('external');
    options(node.options, scope);
    return {};
  });
}

export function alterTable(node: AlterTable, walk: ScriptWalk): void {
  record(walk, 'ALTER_TABLE', node.range, (scope) => {
    const { pass } = scope;
    pass.facts.flags.add('ddl');
    for (const action of node.actions) settings(action, scope);
    const { altered } = pass.script;
    const writes = node.actions.flatMap((action) => renamed(action, node, scope));
    altered.add(noteObject(node.name, 'alter', pass)).add(node.name[0].name);
    for (const action of node.actions) {
      if (action.type !== 'renameTable') continue;
      altered.add(noteObject(sibling(node.name, action.to), 'create', pass)).add(action.to[0].name);
    }
    return { writes };
  });
}

/** A new name for a table or column hands all of its values on, as a copy does. */
function renamed(action: AlterAction, { name }: AlterTable, scope: Scope): readonly Write[] {
  const { pass } = scope;
  if (action.type === 'renameTable') {
    const source = tableOf(name, 'copy', scope);
    source.row();
    const target = createdName(sibling(name, action.to), false, pass);
    return source.columns().map((column) => write(target, column.name, column.value));
  }
  if (action.type !== 'renameColumn') return [];
  const source = tableOf(name, 'target', scope);
  const column = source.find(action.from.name.toLowerCase());
  if (column === undefined) return [];
  column.read?.([]);
  return [write(createdName(name, false, pass), action.to.name, column.value)];
}

const write = (table: ObjectName, column: string, value: Value): Write => ({
  target: columnSource(table, column),
  sources: allSources(value),
});

/** What an action sets; who may read a column is said in its options. */
function settings(action: AlterAction, scope: Scope): void {
  if (action.type === 'addColumn') columnSettings([action.column], scope);
  if (action.type !== 'other') return;
  options(action.options, scope);
  if (setsPolicies(action.options)) scope.pass.facts.flags.add('dcl');
}

/** The new name of a table stands in the dataset of the old one. */
function sibling(path: Path, to: Path): Path {
  const [last] = to;
  const [first, ...rest] = [...path.slice(0, -1), last];
  return to.length > 1 ? to : [first ?? last, ...rest];
}

const datasets = new Set(['SCHEMA', 'DATASET']);
const routines = new Set(['FUNCTION', 'PROCEDURE', 'TABLE FUNCTION', 'AGGREGATE FUNCTION']);
const rowAccess = /ROW ACCESS POLIC(?:Y|IES)$/;

export function drop(node: Drop, walk: ScriptWalk): void {
  record(walk, `DROP_${node.kind.replaceAll(' ', '_')}`, node.range, ({ pass }) => {
    if (rowAccess.test(node.kind)) {
      pass.facts.flags.add('dcl');
      noteObject(node.name, 'alter', pass);
      return {};
    }
    pass.facts.flags.add('ddl');
    if (datasets.has(node.kind)) return {};
    if (routines.has(node.kind)) noteRoutine(node.name, pass);
    else noteDropped(node.name, pass);
    return {};
  });
}

function noteDropped(path: Path, pass: Pass): void {
  const temporary = pass.script.tables.get(path[0].name);
  if (path.length > 1 || temporary === undefined) noteObject(path, 'drop', pass);
  else noteTable(pass, temporary.name, 'temporary', 'drop', rangeOf(path));
}

function noteRoutine(path: Path, pass: Pass): void {
  const name = objectName(path, pass);
  if (name !== undefined) pass.facts.routines.set(fullName(name), name);
}

function noteObject(path: Path, access: Access, pass: Pass): string {
  const name = createdName(path, false, pass);
  noteTable(pass, name, 'table', access, rangeOf(path));
  return fullName(name);
}

const dcl = /^(?:GRANT|REVOKE|CREATE ROW ACCESS POLICY|(?:ALTER|CREATE|DROP) DATA_POLICY)$/;
const external = /CONNECTION|EXTERNAL|MODEL/;
const accesses: Readonly<Record<string, Access>> = { CREATE: 'create', DROP: 'drop', EXPORT: 'read' };

/** Statements of which only the objects are known. */
export function otherDdl(node: OtherDdl, walk: ScriptWalk): void {
  record(walk, node.kind.replaceAll(' ', '_'), node.range, (scope) => {
    const { pass } = scope;
    pass.facts.flags.add(dcl.test(node.kind) ? 'dcl' : 'ddl');
    if (external.test(node.kind)) pass.facts.flags.add('external');
    for (const target of node.targets) noteTarget(target, node, pass);
    targetExpressions(node, scope);
    return {};
  });
}

function noteTarget(path: Path, node: OtherDdl, pass: Pass): void {
  switch (node.object) {
    case 'table':
      noteObject(path, 'alter', pass);
      break;
    case 'routine':
      noteRoutine(path, pass);
      break;
    case 'model':
      if (node.kind === 'EXPORT MODEL') exportModel(node, pass);
      noteObject(path, accesses[node.kind.split(' ')[0] ?? ''] ?? 'alter', pass);
      break;
    case 'other':
      break;
    default:
      assertNever(node.object);
  }
}

/** What a model has learnt, and from which columns, nobody can tell. */
function exportModel(node: OtherDdl, pass: Pass): void {
  pass.facts.flags.add('export');
  reportGap(pass, 'model', 'what a model was made of is not known', node.range);
}

/** A model is written from its training data, and may go to another service or come from one. */
export function createModel(node: CreateModel, walk: ScriptWalk): void {
  record(walk, 'CREATE_MODEL', node.range, (scope) => {
    const { pass } = scope;
    pass.facts.flags.add('ddl').add('external');
    noteObject(node.name, 'create', pass);
    return { outputs: node.queries.flatMap((each) => query(each, scope).columns) };
  });
}

/** The filter of a row access policy names columns of its table. */
function targetExpressions(node: OtherDdl, scope: Scope): void {
  if (node.expressions.length === 0) return;
  const [path] = node.targets;
  const relation = path === undefined ? emptyRelation : relationOf(tableOf(path, 'target', scope));
  for (const each of node.expressions) influence(scope.pass, expression(each, childScope(scope, relation)));
}

function tableOf(path: Path, role: ReferenceRole, scope: Scope): Source {
  const range = rangeOf(path);
  return namedTable({ type: 'table', path, pathRange: range, range }, 'alter', role, scope);
}
