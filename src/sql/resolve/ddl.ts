import type { AlterTable, CreateSchema, Drop, OtherDdl, Path } from '../ast/index.ts';
import type { Access } from '../facts.ts';
import { fullName } from '../full-name.ts';
import { emptyRelation, relationOf } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import { createdName, rangeOf } from './create-table.ts';
import { expression } from './expression.ts';
import { namedTable, noteTable } from './named-table.ts';
import { influence, reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import { query } from './query.ts';
import { record } from './record.ts';
import type { ScriptWalk } from './record.ts';
import { objectName } from './table-name.ts';

export function createSchema(node: CreateSchema, walk: ScriptWalk): void {
  record(walk, 'CREATE_SCHEMA', node.range, ({ pass }) => {
    pass.facts.flags.add('ddl');
    return {};
  });
}

export function alterTable(node: AlterTable, walk: ScriptWalk): void {
  record(walk, 'ALTER_TABLE', node.range, ({ pass }) => {
    pass.facts.flags.add('ddl');
    const { altered } = pass.script;
    altered.add(noteObject(node.name, 'alter', pass)).add(node.name[0].name);
    for (const action of node.actions) {
      if (action.type !== 'renameTable') continue;
      altered.add(noteObject(sibling(node.name, action.to), 'create', pass)).add(action.to[0].name);
    }
    return {};
  });
}

/** The new name of a table stands in the dataset of the old one. */
function sibling(path: Path, to: Path): Path {
  const [last] = to;
  const [first, ...rest] = [...path.slice(0, -1), last];
  return to.length > 1 ? to : [first ?? last, ...rest];
}

const datasets = new Set(['SCHEMA', 'DATASET']);
const routines = new Set(['FUNCTION', 'PROCEDURE', 'TABLE FUNCTION', 'AGGREGATE FUNCTION']);

export function drop(node: Drop, walk: ScriptWalk): void {
  record(walk, `DROP_${node.kind.replaceAll(' ', '_')}`, node.range, ({ pass }) => {
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

const dcl =
  /^(GRANT|REVOKE|CREATE( OR REPLACE)? ROW ACCESS POLICY|DROP( ALL)? ROW ACCESS POLICY|DROP ALL ROW ACCESS POLICIES)/;
const withoutTable =
  /SCHEMA|DATASET|ORGANIZATION|PROJECT|BI_CAPACITY|CAPACITY|RESERVATION|ASSIGNMENT|FUNCTION|PROCEDURE/;

/** Statements of which only the objects are known. */
export function otherDdl(node: OtherDdl, walk: ScriptWalk): void {
  record(walk, node.kind.replaceAll(' ', '_'), node.range, (scope) => {
    const { pass } = scope;
    pass.facts.flags.add(dcl.test(node.kind) ? 'dcl' : 'ddl');
    if (node.kind.includes('MODEL')) model(node, pass);
    if (!withoutTable.test(node.kind)) for (const target of node.targets) noteObject(target, 'alter', pass);
    const columns = node.query === undefined ? [] : query(node.query, scope).columns;
    targetExpressions(node, scope);
    return { outputs: columns };
  });
}

function model(node: OtherDdl, pass: Pass): void {
  pass.facts.flags.add('external');
  reportGap(pass, 'model', 'models are not analysed', node.range);
}

/** The filter of a row access policy names columns of its table. */
function targetExpressions(node: OtherDdl, scope: Scope): void {
  if (node.expressions.length === 0) return;
  const [path] = node.targets;
  const relation = path === undefined ? emptyRelation : relationOf(tableOf(path, scope));
  for (const each of node.expressions) influence(scope.pass, expression(each, childScope(scope, relation)));
}

function tableOf(path: Path, scope: Scope): ReturnType<typeof namedTable> {
  const range = rangeOf(path);
  return namedTable({ type: 'table', path, pathRange: range, range }, 'alter', 'target', scope);
}
