import type { Argument, CreateTableFunction, Query, TableFunction } from '../ast/index.ts';
import { scalar, typeOfDataType } from '../lineage/type.ts';
import { constant, derive, unknownValue } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { relationOf } from '../scope/relation.ts';
import type { Relation } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { CommonTables, Scope } from '../scope/scope.ts';
import type { Column, Source } from '../scope/source.ts';
import { namedColumns, namesColumns } from './built-in-tables.ts';
import { expression } from './expression.ts';
import { modelNamespaces } from './function-types.ts';
import { reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import { query } from './query.ts';
import { findRoutine, scriptFunctionName } from './routine.ts';
import { rowsOf, sourceOfRows } from './rows.ts';
import type { Rows } from './rows.ts';
import { argumentTable } from './table-argument.ts';
import { isQualified, routineKey } from './table-name.ts';
import { mergeBeneath, onlyQuery, withinObject, withinScriptFunction } from './view.ts';
import { assertNever } from '../assert-never.ts';

/** What is given to a table function: a value, or rows. */
interface Given {
  readonly value: Value;
  readonly rows: Rows | undefined;
}

/** `function(arguments)` in FROM. */
export function tableFunction(node: TableFunction, scope: Scope, left: Relation): Relation {
  const inner = childScope(scope, left);
  const given = node.arguments.map((argument) => tableArgument(argument, inner));
  return relationOf(sourceOfRows(functionRows(node, given, scope), node.alias?.name));
}

function functionRows(node: TableFunction, given: readonly Given[], scope: Scope): Rows {
  const { pass } = scope;
  const name = node.name.map((part) => part.name.toUpperCase()).join('.');
  const defined = pass.script.functions.get(routineKey(node.name, pass));
  if (defined?.type === 'createTableFunction') return definedRows(node, defined, given, pass);
  const model = modelNamespaces.has(node.name[0].name.toUpperCase());
  if (!model && (isQualified(node.name) || !builtIn.has(name))) return routineRows(node, given, pass);
  pass.facts.functions.add(name);
  if (name === 'APPENDS' || name === 'CHANGES') return changeRows(given);
  if (name === 'EXTERNAL_QUERY') return externalRows(given, pass);
  const tables = given.map(({ rows }, index) => ({ argument: node.arguments[index], rows }));
  return namedColumns(name, tables, pass) ?? closedRows(node, name, given, pass);
}

/** Table functions of BigQuery itself; a name that is not among them is somebody's routine. */
const builtIn: ReadonlySet<string> = new Set([
  'APPENDS',
  'CHANGES',
  'EXTERNAL_OBJECT_TRANSFORM',
  'EXTERNAL_QUERY',
  'GAP_FILL',
  'RANGE_SESSIONIZE',
  'TUMBLE',
  'HOP',
  'VECTOR_SEARCH',
]);

/** Another database answers: its columns are not known, and no table of BigQuery is read. */
function externalRows(given: readonly Given[], pass: Pass): Rows {
  pass.facts.flags.add('external');
  return { columns: [], row: derive(given.map((each) => each.value)), open: true };
}

function tableArgument({ value }: Argument, scope: Scope): Given {
  switch (value.type) {
    case 'expression':
      return { value: expression(value.expression, scope), rows: undefined };
    case 'query': {
      const rows = query(value.query, childScope(scope));
      return { value: derive(rows.columns.map((column) => column.value)), rows };
    }
    case 'table': {
      const source = argumentTable(value.path, scope);
      return { value: source.row(), rows: { columns: copies(source), open: source.open } };
    }
    case 'lambda':
    case 'star':
    case 'model':
    case 'connection':
      return { value: unknownValue, rows: undefined };
    default:
      return assertNever(value);
  }
}

function copies(source: Source): readonly Column[] {
  return source.columns().map(({ name, value }) => ({ name, value }));
}

function changeRows(given: readonly Given[]): Rows {
  const [table] = given;
  const columns = table?.rows?.columns ?? [];
  const added = [
    { name: '_CHANGE_TYPE', value: constant(scalar('STRING')) },
    { name: '_CHANGE_TIMESTAMP', value: constant(scalar('TIMESTAMP')) },
  ];
  return { columns: [...columns, ...added], open: table?.rows?.open ?? true };
}

/** A function whose columns are not known: each depends on all that was given. */
function closedRows(node: TableFunction, name: string, given: readonly Given[], pass: Pass): Rows {
  const row = derive(given.map((each) => each.value));
  if (namesColumns(name) && given.some(({ rows }) => rows?.open === true)) {
    reportGap(pass, 'unknown-column', `the columns given to ${name} are not known`, node.range);
    return { columns: [], row, open: true };
  }
  const model = modelNamespaces.has(node.name[0].name.toUpperCase());
  pass.facts.flags.add('external');
  reportGap(pass, model ? 'model' : 'unsupported', `the table function ${name} is not analysed`, node.range);
  return { columns: [], row, open: true };
}

function definedRows(
  node: TableFunction,
  defined: CreateTableFunction,
  given: readonly Given[],
  pass: Pass,
): Rows {
  const names = defined.parameters.map((parameter) => parameter.name.name);
  const declared = defined.returns?.map((column) => ({
    name: column.name.name,
    type: typeOfDataType(column.dataType),
  }));
  const name = scriptFunctionName(defined.name, pass);
  const inner = withinScriptFunction(pass, name, pass.place ?? node.range);
  const rows = bodyRows(node, inner, defined.query, names, given, pass);
  if (declared?.length !== rows.columns.length) return rows;
  return rowsOf(
    rows.columns.map((column, index) => ({
      name: declared[index]?.name ?? column.name,
      value: column.value,
    })),
  );
}

function routineRows(node: TableFunction, given: readonly Given[], pass: Pass): Rows {
  const found = findRoutine(node.name, node.range, ['TABLE_VALUED_FUNCTION'], pass);
  const parsed = found?.body === undefined ? undefined : pass.known.parse(found.body);
  const body = onlyQuery(parsed?.script);
  for (const gap of parsed?.gaps ?? [])
    reportGap(pass, gap.code, `${node.name[0].name}: ${gap.message}`, node.range);
  if (found === undefined || body === undefined) {
    if (found !== undefined)
      reportGap(pass, 'unknown-routine', `the body of ${found.name.name} cannot be read`, node.range);
    return { columns: [], row: derive(given.map((each) => each.value)), open: true };
  }
  const names = found.parameters.map((parameter) => parameter.name);
  const inner = withinObject(pass, found.name, pass.place ?? node.range);
  return bodyRows(node, inner, body, names, given, pass);
}

function bodyRows(
  node: TableFunction,
  inner: Pass | undefined,
  body: Query,
  names: readonly string[],
  given: readonly Given[],
  pass: Pass,
): Rows {
  if (inner === undefined) {
    reportGap(pass, 'view-depth', 'a table function lies too deep or names itself', node.range);
    return { columns: [], row: derive(given.map((each) => each.value)), open: true };
  }
  const values = new Map(
    names.map((each, index) => [each.toLowerCase(), given[index]?.value ?? unknownValue]),
  );
  const rows = query(body, {
    pass: { ...inner, arguments: values },
    commonTables: tableParameters(names, given),
  });
  mergeBeneath(inner.facts, pass.facts);
  for (const source of inner.facts.columns) pass.facts.columns.add(source);
  return rows;
}

/** Parameters that are tables are named in FROM. */
function tableParameters(names: readonly string[], given: readonly Given[]): CommonTables | undefined {
  return names.reduce<CommonTables | undefined>((outer, name, index) => {
    const rows = given[index]?.rows;
    return rows === undefined ? outer : { name: name.toLowerCase(), rows, outer };
  }, undefined);
}
