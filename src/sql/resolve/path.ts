import type { Name, Path, PathExpression } from '../ast/index.ts';
import { arrayOf, constant, elementOf, fieldOf, unknownValue } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { scalar } from '../lineage/type.ts';
import { lookup } from '../scope/lookup.ts';
import type { Scope } from '../scope/scope.ts';
import { reportGap } from './pass.ts';

/** Functions that may stand without parentheses. */
const bare: ReadonlyMap<string, Value> = new Map([
  ['CURRENT_DATE', constant(scalar('DATE'))],
  ['CURRENT_DATETIME', constant(scalar('DATETIME'))],
  ['CURRENT_TIME', constant(scalar('TIME'))],
  ['CURRENT_TIMESTAMP', constant(scalar('TIMESTAMP'))],
]);

export function path(node: PathExpression, scope: Scope, item = false): Value {
  return tryPath(node.parts, scope, item) ?? unknownName(node, scope);
}

/** The value of a dotted name; `undefined` when nothing in scope has its first part. */
export function tryPath(parts: Path, scope: Scope, item: boolean): Value | undefined {
  const found = lookup(parts, scope, item);
  return found === undefined ? undefined : takeFields(found.value, parts.slice(found.parts), scope);
}

export function takeFields(value: Value, names: readonly Name[], scope: Scope): Value {
  return names.reduce((object, name) => takeField(object, name, scope), value);
}

export function takeField(object: Value, name: Name, scope: Scope): Value {
  const field = scope.flat === true ? flatField(object, name.name) : fieldOf(object, name.name);
  if (field !== undefined) return field;
  reportGap(scope.pass, 'unknown-column', `there is no field ${name.name}`, name.range);
  return object;
}

/** A field of each element, all of them in one array. */
function flatField(object: Value, name: string): Value | undefined {
  if (object.type?.kind !== 'array') return fieldOf(object, name);
  const field = flatField(elementOf(object), name);
  return field === undefined || field.type?.kind === 'array' ? field : arrayOf(field);
}

function unknownName(node: PathExpression, scope: Scope): Value {
  const [name] = node.parts;
  const value = node.parts.length === 1 && !name.quoted ? bare.get(name.name.toUpperCase()) : undefined;
  if (value !== undefined) {
    scope.pass.facts.functions.add(name.name.toUpperCase());
    return value;
  }
  reportGap(scope.pass, 'unknown-column', `there is no column ${name.name}`, node.range);
  return unknownValue;
}
