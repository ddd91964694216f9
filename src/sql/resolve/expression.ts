import type { Expression, InSet, Literal, LiteralKind, StructField } from '../ast/index.ts';
import { noSources } from '../lineage/source.ts';
import { commonType, literalType, scalar, typeOfDataType } from '../lineage/type.ts';
import type { Type } from '../lineage/type.ts';
import {
  arrayOf,
  constant,
  dependent,
  derive,
  handedOf,
  elementOf,
  fieldOf,
  merge,
  structOf,
  unknownValue,
} from '../lineage/value.ts';
import type { Value, ValueField } from '../lineage/value.ts';
import { childScope, localScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import { call } from './call.ts';
import { path, takeField } from './path.ts';
import { spend } from './pass.ts';
import { lazyQuery, query } from './query.ts';
import { rowValue } from './rows.ts';
import { assertNever } from '../assert-never.ts';

type Handlers = {
  readonly [Kind in Expression['type']]: (node: Extract<Expression, { type: Kind }>, scope: Scope) => Value;
};

const bool = scalar('BOOL');

/** Where the value of an expression comes from. */
export function expression(node: Expression, scope: Scope): Value {
  spend(scope.pass);
  return dispatch(handlers, node, scope);
}

function dispatch<Kind extends Expression['type']>(
  table: { readonly [K in Kind]: (node: Extract<Expression, { type: K }>, scope: Scope) => Value },
  node: Extract<Expression, { type: Kind }>,
  scope: Scope,
): Value {
  const handler: (node: Extract<Expression, { type: Kind }>, scope: Scope) => Value = table[node.type];
  return handler(node, scope);
}

export function expressions(nodes: readonly Expression[], scope: Scope): readonly Value[] {
  return nodes.map((node) => expression(node, scope));
}

const literalTypes: { readonly [Kind in LiteralKind]: Type | undefined } = {
  string: literalType('STRING'),
  bytes: scalar('BYTES'),
  integer: literalType('INT64'),
  float: literalType('FLOAT64'),
  numeric: scalar('NUMERIC'),
  bignumeric: scalar('BIGNUMERIC'),
  boolean: bool,
  null: undefined,
  date: scalar('DATE'),
  datetime: scalar('DATETIME'),
  time: scalar('TIME'),
  timestamp: scalar('TIMESTAMP'),
  json: scalar('JSON'),
};

const literals = new Map<LiteralKind, Value>();

function literal(node: Literal): Value {
  let value = literals.get(node.kind);
  if (value === undefined) literals.set(node.kind, (value = constant(literalTypes[node.kind])));
  return value;
}

const handlers: Handlers = {
  literal,
  interval: (node, scope) => derive([expression(node.value, scope)], scalar('INTERVAL')),
  rangeLiteral: () => unknownValue,
  path,
  field: (node, scope) => takeField(expression(node.object, scope), node.field, scope),
  subscript: (node, scope) => {
    const object = expression(node.object, scope);
    const index = expression(node.index, scope);
    return dependent(subscript(object, node.by === 'key' ? node.index : undefined), [index]);
  },
  parameter: (node, scope) => {
    if (node.name !== null) scope.pass.facts.namedParameters.add(node.name);
    else
      scope.pass.facts.positionalParameters = Math.max(
        scope.pass.facts.positionalParameters,
        (node.position ?? 0) + 1,
      );
    return unknownValue;
  },
  systemVariable: (node, scope) => {
    scope.pass.facts.systemVariables.add(node.parts.map((part) => part.name.toLowerCase()).join('.'));
    return constant(undefined);
  },
  datePart: () => unknownValue,
  unary: (node, scope) => {
    const operand = expression(node.operand, scope);
    return derive([operand], node.operator === 'NOT' ? bool : operand.type);
  },
  binary: (node, scope) => {
    const values = [expression(node.left, scope), expression(node.right, scope)];
    return derive(values, binaryType(node.operator, values));
  },
  is: (node, scope) => derive([expression(node.operand, scope)], bool),
  like: (node, scope) => derive([expression(node.operand, scope), ...inSet(node.patterns, scope)], bool),
  in: (node, scope) => derive([expression(node.operand, scope), ...inSet(node.values, scope)], bool),
  between: (node, scope) => derive(expressions([node.operand, node.low, node.high], scope), bool),
  case: (node, scope) => {
    const results = node.branches.map((branch) => expression(branch.then, scope));
    if (node.otherwise !== undefined) results.push(expression(node.otherwise, scope));
    const conditions = expressions(
      node.branches.map((branch) => branch.when),
      scope,
    );
    const operand = node.operand === undefined ? [] : [expression(node.operand, scope)];
    return choose(results, [...conditions, ...operand]);
  },
  cast: (node, scope) => {
    const value = expression(node.operand, scope);
    const others = [node.format, node.timeZone].flatMap((each) =>
      each === undefined ? [] : [expression(each, scope)],
    );
    return castTo(value, typeOfDataType(node.dataType), others);
  },
  extract: (node, scope) => {
    const zone = node.timeZone === undefined ? [] : [expression(node.timeZone, scope)];
    return derive([expression(node.from, scope), ...zone], extractType(node.part.part));
  },
  call,
  array: (node, scope) => {
    const values = expressions(node.elements, scope);
    const element = node.elementType === undefined ? undefined : typeOfDataType(node.elementType);
    const merged = values.length === 0 ? constant(element) : merge(values, element);
    return { ...arrayOf(merged), copied: false };
  },
  arrayQuery: (node, scope) => arrayOf(rowValue(query(node.query, childScope(scope))) ?? unknownValue),
  struct: (node, scope) => {
    const built = structOf(node.fields.map((field) => structField(field, node.tuple === true, scope)));
    return node.dataType === undefined ? built : castTo(built, typeOfDataType(node.dataType), []);
  },
  subquery: (node, scope) => ({
    ...(rowValue(query(node.query, childScope(scope))) ?? unknownValue),
    copied: false,
  }),
  exists: (node, scope) => {
    lazyQuery(node.query, childScope(scope));
    return constant(bool);
  },
  with: (node, scope) => {
    const inner = node.bindings.reduce(
      (outer, binding) =>
        localScope(outer, new Map([[binding.name.name.toLowerCase(), expression(binding.value, outer)]])),
      scope,
    );
    return { ...expression(node.result, inner), copied: false };
  },
  default: () => unknownValue,
};

/** One of `results`, chosen by `conditions`. */
export function choose(results: readonly Value[], conditions: readonly Value[]): Value {
  const typed = results.filter(
    (result) => result.type !== undefined || result.paths.size + result.computed.size > 0,
  );
  if (typed.length === 0) return dependent(unknownValue, conditions);
  // What is left out has no source, and is not always NULL.
  const handed = typed.length === results.length ? handedOf(results) : undefined;
  return { ...dependent(merge(typed), conditions), copied: false, handed };
}

function structField({ name, value }: StructField, tuple: boolean, scope: Scope): ValueField {
  const implied = tuple ? undefined : impliedName(value);
  return { name: name?.name ?? implied ?? '', value: expression(value, scope) };
}

/** The name that a value has of itself: the last part of a path. */
export function impliedName(value: Expression): string | undefined {
  if (value.type === 'path') return (value.parts[value.parts.length - 1] ?? value.parts[0]).name;
  return value.type === 'field' ? value.field.name : undefined;
}

/** A cast between STRUCTs of as many fields keeps them apart, under the new names. */
function castTo(value: Value, type: Type, others: readonly Value[]): Value {
  const fields = value.fields;
  if (
    type.kind === 'struct' &&
    fields?.length === type.fields.length &&
    others.length === 0 &&
    value.paths.size === 0
  ) {
    const renamed = fields.map((field, index) => ({ ...field, name: type.fields[index]?.name ?? '' }));
    return { type, paths: noSources, computed: value.computed, fields: renamed, copied: false };
  }
  return derive([value, ...others], type);
}

function subscript(object: Value, key: Expression | undefined): Value {
  if (object.type?.kind === 'array') return elementOf(object);
  const name = key?.type === 'literal' && key.kind === 'string' ? key.value : undefined;
  return (
    (name === undefined ? undefined : fieldOf(object, name)) ??
    derive([object], object.type?.kind === 'scalar' ? object.type : undefined)
  );
}

function inSet(values: InSet, scope: Scope): readonly Value[] {
  switch (values.type) {
    case 'list':
      return expressions(values.items, scope);
    case 'query':
      return query(values.query, childScope(scope)).columns.map((column) => column.value);
    case 'unnest':
      return [expression(values.array, scope)];
    default:
      return assertNever(values);
  }
}

const comparisons = new Set([
  '=',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  'AND',
  'OR',
  'IS DISTINCT FROM',
  'IS NOT DISTINCT FROM',
]);
const numeric: ReadonlySet<string> = new Set(['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64']);

function binaryType(operator: string, [left, right]: readonly Value[]): Type | undefined {
  if (comparisons.has(operator)) return bool;
  const a = left?.type;
  const b = right?.type;
  if (operator === '||') return commonType([a, b]);
  if (a?.kind !== 'scalar' || b?.kind !== 'scalar') return undefined;
  if (!numeric.has(a.name) || !numeric.has(b.name)) return timeType(operator, a.name, b.name);
  const common = commonType([a, b]);
  return operator === '/' && isNamed(common, 'INT64') ? scalar('FLOAT64') : common;
}

function isNamed(type: Type | undefined, name: string): boolean {
  return type?.kind === 'scalar' && type.name === name;
}

/** Dates and times with intervals and whole numbers. */
function timeType(operator: string, a: string, b: string): Type | undefined {
  if (a === 'INTERVAL' && (b === 'INTERVAL' || numeric.has(b))) return scalar(a);
  if (b === 'INTERVAL' && numeric.has(a)) return scalar(b);
  if (a === b) return operator === '-' ? scalar('INTERVAL') : undefined;
  const [time, other] = b === 'INTERVAL' || b === 'INT64' ? [a, b] : [b, a];
  if (other === 'INTERVAL') return scalar(time === 'DATE' ? 'DATETIME' : time);
  return other === 'INT64' && time === 'DATE' ? scalar('DATE') : undefined;
}

function extractType(part: string): Type {
  return part === 'DATE' || part === 'TIME' || part === 'DATETIME' ? scalar(part) : scalar('INT64');
}
