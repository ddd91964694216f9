import type { Call, CreateFunction, Expression, Path, Range, Statement } from '../ast/index.ts';
import type { CatalogRoutine, ObjectName } from '../catalog.ts';
import { typeOfDataType } from '../lineage/type.ts';
import type { Type } from '../lineage/type.ts';
import { dependent, derive, unknownValue } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import type { Scope } from '../scope/scope.ts';
import { expression } from './expression.ts';
import { reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import { keyOf, objectName } from './table-name.ts';
import { mergeBeneath, withinObject } from './view.ts';

/** A function that an earlier statement of the script made, by the name as it is written. */
export function scriptFunction(path: Path, scope: Scope): CreateFunction | undefined {
  const { functions } = scope.pass.script;
  if (functions.size === 0) return undefined;
  const found = functions.get(path.map((part) => part.name.toLowerCase()).join('.'));
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
  const found = findRoutine(node.name, node.range, pass);
  if (found === undefined) return derive(values);
  const names = found.parameters.map((parameter) => parameter.name);
  const body = found.language.toUpperCase() === 'SQL' ? found.body : undefined;
  if (found.language.toUpperCase() !== 'SQL' && found.language.toUpperCase() !== 'JAVASCRIPT')
    pass.facts.flags.add('external');
  if (body === undefined) return derive(values);
  const parsed = pass.known.parse(`SELECT (${body}\n)`);
  for (const gap of parsed.gaps)
    reportGap(pass, gap.code, `${node.name[0].name}: ${gap.message}`, node.range);
  const item = firstItem(parsed.script?.statements[0]);
  if (item === undefined) {
    reportGap(pass, 'unknown-routine', `the body of ${keyOf(found.name)} cannot be read`, node.range);
    return derive(values);
  }
  return inside(pass, found.name, node.range, (inner) => bodyValue(item, names, values, inner, undefined));
}

/** A routine of the catalog; what is not known about it is a gap. */
export function findRoutine(path: Path, range: Range, pass: Pass): CatalogRoutine | undefined {
  const name = objectName(path, pass);
  if (name === undefined) {
    reportGap(pass, 'unknown-routine', `${path[0].name} needs a dataset`, range);
    return undefined;
  }
  pass.facts.routines.set(keyOf(name), name);
  const found = pass.known.routine(name);
  if (found.state === 'known') return found.item;
  const absent = found.state === 'absent';
  const words = absent ? 'is not in the catalog' : 'could not be read from the catalog';
  reportGap(pass, absent ? 'unknown-routine' : 'catalog', `the routine ${keyOf(name)} ${words}`, range);
  return undefined;
}

function firstItem(statement: Statement | undefined): Expression | undefined {
  if (statement?.type !== 'queryStatement' || statement.query.body.type !== 'select') return undefined;
  const [item] = statement.query.body.items;
  return item?.type === 'selectExpression' ? item.value : undefined;
}

function scriptCall(node: Call, values: readonly Value[], defined: CreateFunction, scope: Scope): Value {
  const { body, returns } = defined;
  const type = returns === undefined ? undefined : typeOfDataType(returns);
  if (body === undefined) return derive(values, type);
  const name = scope.pass.known.name('', '', defined.name[0].name);
  const names = defined.parameters.map((parameter) => parameter.name.name);
  return inside(scope.pass, name, node.range, (inner) => {
    const own: Pass = { ...inner, script: { ...inner.script, functions: scope.pass.script.functions } };
    return bodyValue(body, names, values, own, type);
  });
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
export function inside(pass: Pass, name: ObjectName, range: Range, walk: (inner: Pass) => Value): Value {
  const inner = withinObject(pass, name, pass.place ?? range);
  if (inner === undefined) {
    reportGap(pass, 'view-depth', `the routine ${name.name} lies too deep or names itself`, range);
    return unknownValue;
  }
  const value = walk(inner);
  mergeBeneath(inner.facts, pass.facts);
  for (const source of inner.facts.columns) pass.facts.columns.add(source);
  return value;
}
