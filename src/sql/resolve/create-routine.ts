import type {
  CreateFunction,
  CreateProcedure,
  CreateTableFunction,
  Path,
  RoutineParameter,
} from '../ast/index.ts';
import { fullName } from '../full-name.ts';
import { typeOfDataType } from '../lineage/type.ts';
import { constant } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import type { CommonTables, Scope } from '../scope/scope.ts';
import { rangeOf } from './create-table.ts';
import { noteDefinition } from './definition.ts';
import { expression } from './expression.ts';
import { namedTable, noteTable } from './named-table.ts';
import { options } from './options.ts';
import { reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import { query } from './query.ts';
import { record } from './record.ts';
import type { ScriptWalk } from './record.ts';
import { rowsOf } from './rows.ts';
import type { Rows } from './rows.ts';
import { newScriptState } from './script-state.ts';
import { statements } from './statement.ts';
import { isQualified, objectName, routineKey } from './table-name.ts';

/** Languages in which a function reaches nothing outside. */
const inside: ReadonlySet<string> = new Set(['SQL', 'JS']);

export function createFunction(node: CreateFunction, walk: ScriptWalk): void {
  record(walk, 'CREATE_FUNCTION', node.range, (scope) => {
    const { pass } = scope;
    noteDefinition(node, pass);
    noteRoutine(node.name, node.temporary, pass);
    if (node.connection !== undefined || !inside.has(node.language.toUpperCase()))
      pass.facts.flags.add('external');
    options(node.options, scope);
    if (node.body !== undefined)
      expression(node.body, { ...scope, pass: { ...pass, arguments: parameters(node.parameters) } });
    keepFunction(node, pass);
    return {};
  });
}

export function createTableFunction(node: CreateTableFunction, walk: ScriptWalk): void {
  record(walk, 'CREATE_TABLE_FUNCTION', node.range, (scope) => {
    const { pass } = scope;
    noteDefinition(node, pass);
    noteRoutine(node.name, false, pass);
    options(node.options, scope);
    const inner = { ...scope, pass: { ...pass, arguments: parameters(node.parameters) } };
    query(node.query, { ...inner, commonTables: tableParameters(node.parameters, inner) });
    keepFunction(node, pass);
    return {};
  });
}

/** The body is analysed where it stands: its parameters have no sources there. */
export function createProcedure(node: CreateProcedure, walk: ScriptWalk): void {
  record(walk, 'CREATE_PROCEDURE', node.range, (scope) => {
    noteDefinition(node, scope.pass);
    noteRoutine(node.name, false, scope.pass);
    options(node.options, scope);
    if (node.language.toUpperCase() !== 'SQL') scope.pass.facts.flags.add('external');
    return {};
  });
  const script = { ...newScriptState(), variables: new Map(parameters(node.parameters)) };
  statements(node.body, { ...walk, base: { ...walk.base, script } });
}

/** A function of that name may be there already, or this one may never be made: then it is in doubt which is called. */
function keepFunction(node: CreateFunction | CreateTableFunction, pass: Pass): void {
  const key = routineKey(node.name, pass);
  const name = isQualified(node.name) ? objectName(node.name, pass) : undefined;
  const other =
    pass.script.functions.has(key) || (name !== undefined && pass.known.routine(name).state !== 'absent');
  if (other && (node.ifNotExists || pass.conditional)) {
    reportGap(pass, 'ambiguous-name', `it is in doubt which function ${key} is`, node.range);
  }
  pass.script.functions.set(key, node);
}

function noteRoutine(path: Path, temporary: boolean, pass: Pass): void {
  const name = temporary ? pass.known.name('', '', path[0].name) : objectName(path, pass);
  if (name !== undefined) pass.facts.routines.set(fullName(name), name);
}

/** Parameters that are tables are named in FROM; they exist for one call, and their rows have no sources here. */
function tableParameters(nodes: readonly RoutineParameter[], scope: Scope): CommonTables | undefined {
  const { pass } = scope;
  return nodes.reduce<CommonTables | undefined>((outer, { name, parameterType: type }) => {
    const rows = parameterRows(type, scope);
    if (rows === undefined) return outer;
    noteTable(pass, pass.known.name('', '', name.name), 'temporary', 'read', name.range);
    return { name: name.name.toLowerCase(), rows, outer };
  }, undefined);
}

function parameterRows(type: RoutineParameter['parameterType'], scope: Scope): Rows | undefined {
  if (type.type === 'tableType') {
    const columns = type.columns.map((column) => ({
      name: column.name.name,
      value: constant(typeOfDataType(column.dataType)),
    }));
    return rowsOf(columns, columns.length === 0);
  }
  if (type.type !== 'likeTable') return undefined;
  const range = rangeOf(type.path);
  const source = namedTable(
    { type: 'table', path: type.path, pathRange: range, range },
    'read',
    'copy',
    scope,
  );
  return rowsOf(
    source.columns().map(({ name, value }) => ({ name, value: constant(value.type) })),
    source.open,
  );
}

export function parameters(nodes: readonly RoutineParameter[]): ReadonlyMap<string, Value> {
  return new Map(nodes.map((node) => [node.name.name.toLowerCase(), constant(parameterType(node))]));
}

function parameterType({ parameterType: type }: RoutineParameter): Value['type'] {
  switch (type.type) {
    case 'anyType':
    case 'tableType':
    case 'likeTable':
      return undefined;
    case 'simpleType':
    case 'arrayType':
    case 'structType':
    case 'rangeType':
    default:
      return typeOfDataType(type);
  }
}
