import type { Call, CreateFunction, Expression, Path, Range, Statement } from '../ast/index.ts';
import type { CatalogRoutine, ObjectName } from '../catalog.ts';
import { fullName } from '../full-name.ts';
import { typeOfDataType } from '../lineage/type.ts';
import type { Type } from '../lineage/type.ts';
import { dependent, derive, unknownValue } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import type { Scope } from '../scope/scope.ts';
import { expression } from './expression.ts';
import { wordsOf } from './known.ts';
import { reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import { isQualified, objectName, routineKey } from './table-name.ts';
import { mergeBeneath, withinObject, withinScriptFunction } from './view.ts';

/** A function that an earlier statement of the script made, by the name as it is written. */
export function scriptFunction(path: Path, scope: Scope): CreateFunction | undefined {
  const { functions } = scope.pass.script;
  if (functions.size === 0) return undefined;
  const found = functions.get(routineKey(path, scope.pass));
  return found?.type === 'createFunction' ? found : undefined;
}

/** A call of a function that somebody wrote: its result depends on its arguments and on what its body reads. */
export function routineCall(
  node: Call,
  values: readonly Value[],
  defined: CreateFunction | undefined,
  scope: Scope,
): Value {
  if (defined !== undefined) return scriptCall(node, values, defined, scope);
  const { pass } = scope;
  const found = findRoutine(node.name, node.range, functionKinds, pass);
  if (found === undefined) return derive(values);
  const names = found.parameters.map((parameter) => parameter.name);
  const body = found.language.toUpperCase() === 'SQL' ? found.body : undefined;
  if (found.language.toUpperCase() !== 'SQL' && found.language.toUpperCase() !== 'JAVASCRIPT')
    pass.facts.flags.add('external');
  if (body === undefined) {
    if (found.language.toUpperCase() === 'SQL')
      reportGap(
        pass,
        'unknown-routine',
        `the catalog does not show the body of ${fullName(found.name)}`,
        node.range,
      );
    return derive(values);
  }
  const parsed = pass.known.parse(`SELECT (${body}\n)`);
  for (const gap of parsed.gaps)
    reportGap(pass, gap.code, `${node.name[0].name}: ${gap.message}`, node.range);
  const item = onlyItem(parsed.script?.statements ?? []);
  if (item === undefined) {
    reportGap(pass, 'unknown-routine', `the body of ${fullName(found.name)} cannot be read`, node.range);
    return derive(values);
  }
  const within = withinObject(pass, found.name, pass.place ?? node.range);
  return inside(pass, within, found.name, node.range, (inner) =>
    bodyValue(item, names, values, inner, undefined),
  );
}

const functionKinds: readonly CatalogRoutine['kind'][] = ['SCALAR_FUNCTION', 'AGGREGATE_FUNCTION'];

/** A routine of the catalog; what is not known about it is a gap, and so is one of another kind. */
export function findRoutine(
  path: Path,
  range: Range,
  kinds: readonly CatalogRoutine['kind'][],
  pass: Pass,
): CatalogRoutine | undefined {
  const name = objectName(path, pass);
  if (name === undefined) {
    reportGap(pass, 'unknown-routine', `${path[0].name} needs a dataset`, range);
    return undefined;
  }
  pass.facts.routines.set(fullName(name), name);
  const found = pass.known.routine(name);
  if (found.state === 'known') {
    if (kinds.includes(found.item.kind)) return found.item;
    reportGap(pass, 'unknown-routine', `${fullName(name)} is a routine of another kind`, range);
    return undefined;
  }
  const code = found.state === 'absent' ? 'unknown-routine' : 'catalog';
  reportGap(pass, code, `the routine ${fullName(name)} ${wordsOf(found)}`, range);
  return undefined;
}

function onlyItem(statements: readonly Statement[]): Expression | undefined {
  const [statement, another] = statements;
  if (statement?.type !== 'queryStatement' || another !== undefined) return undefined;
  const { body } = statement.query;
  const [item, second] = body.type === 'select' && body.from === undefined ? body.items : [];
  return item?.type === 'selectExpression' && second === undefined ? item.value : undefined;
}

function scriptCall(node: Call, values: readonly Value[], defined: CreateFunction, scope: Scope): Value {
  const { body, returns } = defined;
  const type = returns === undefined ? undefined : typeOfDataType(returns);
  if (body === undefined) return derive(values, type);
  const names = defined.parameters.map((parameter) => parameter.name.name);
  const name = scriptFunctionName(defined.name, scope.pass);
  const inner = withinScriptFunction(scope.pass, name, scope.pass.place ?? node.range);
  return inside(scope.pass, inner, name, node.range, (own) => bodyValue(body, names, values, own, type));
}

export function scriptFunctionName(path: Path, pass: Pass): ObjectName {
  const name = isQualified(path) ? objectName(path, pass) : undefined;
  return name ?? pass.known.name('', '', path[0].name);
}

function bodyValue(
  body: Expression,
  names: readonly string[],
  values: readonly Value[],
  pass: Pass,
  type: Type | undefined,
): Value {
  const given = new Map(names.map((name, index) => [name.toLowerCase(), values[index] ?? unknownValue]));
  const value = expression(body, { pass: { ...pass, arguments: given }, commonTables: undefined });
  return { ...dependent(value, values), type: type ?? value.type, copied: false };
}

/** Walks the body of a routine; everything that it reads counts as read by the caller. */
function inside(
  pass: Pass,
  inner: Pass | undefined,
  name: ObjectName,
  range: Range,
  walk: (inner: Pass) => Value,
): Value {
  if (inner === undefined) {
    reportGap(pass, 'view-depth', `the routine ${name.name} lies too deep or names itself`, range);
    return unknownValue;
  }
  const value = walk(inner);
  mergeBeneath(inner.facts, pass.facts);
  for (const source of inner.facts.columns) pass.facts.columns.add(source);
  return value;
}
