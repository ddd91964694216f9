import type { Argument, Call } from '../ast/index.ts';
import { arrayOf as arrayType, commonType, sameShape, scalar, structFields } from '../lineage/type.ts';
import type { Type, TypeField } from '../lineage/type.ts';
import {
  arrayOf,
  constant,
  dependent,
  derive,
  elementOf,
  handedOf,
  merge,
  unknownValue,
} from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { childScope, localScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import { choose, expression } from './expression.ts';
import {
  aggregates,
  averaging,
  choosing,
  choosingFirst,
  commonTyped,
  computing,
  dividing,
  gathering,
  modelNamespaces,
  namespaces,
  passing,
  resultTypes,
  sameType,
  taking,
} from './function-types.ts';
import { influence, reportGap } from './pass.ts';
import { query } from './query.ts';
import { routineCall, scriptFunction } from './routine.ts';
import { rowValue } from './rows.ts';
import { argumentTable } from './table-argument.ts';
import { isQualified } from './table-name.ts';
import { orderItems, window } from './window.ts';
import { assertNever } from '../assert-never.ts';

export function call(node: Call, scope: Scope): Value {
  const grouping = node.window === undefined && isAggregate(node);
  const inner = grouping ? withoutAliases(scope) : scope;
  const flat = functionName(node) === 'FLATTEN';
  const values = callArguments(node, flat ? { ...inner, flat: true } : inner);
  if (grouping) scope.pass.facts.aggregates += 1;
  modifiers(node, inner);
  if (node.window !== undefined) window(node.window, scope);
  return result(node, values, scope);
}

export function functionName(node: Call): string {
  return node.name.map((part) => part.name.toUpperCase()).join('.');
}

export function isAggregate(node: Call): boolean {
  return (
    aggregates.has(functionName(node)) ||
    node.distinct ||
    node.having !== undefined ||
    node.filter !== undefined ||
    node.groupBy !== undefined ||
    node.orderBy.length > 0
  );
}

/** Arguments of an aggregate see the columns beneath, not the names of the select list. */
function withoutAliases(scope: Scope): Scope {
  if (scope.aliases === undefined) return scope;
  const { aliases: _hidden, ...rest } = scope;
  return rest;
}

function modifiers(node: Call, scope: Scope): void {
  orderItems(node.orderBy, scope);
  if (node.filter !== undefined) influence(scope.pass, expression(node.filter, scope));
  for (const key of node.groupBy ?? []) influence(scope.pass, expression(key, scope));
  if (node.having !== undefined) influence(scope.pass, expression(node.having.value, scope));
  if (node.limit !== undefined) influence(scope.pass, expression(node.limit, scope));
}

function callArguments(node: Call, scope: Scope): readonly Value[] {
  const values: Value[] = [];
  for (const [index, argument] of node.arguments.entries())
    values.push(isMode(node, argument, index) ? unknownValue : callArgument(argument, values, scope));
  return values;
}

const modes: ReadonlySet<string> = new Set(['NFC', 'NFKC', 'NFD', 'NFKD']);

/** `NORMALIZE(text, NFKC)`: a word of the function's own, no column. */
function isMode(node: Call, { value }: Argument, index: number): boolean {
  if (index !== 1 || value.type !== 'expression' || value.expression.type !== 'path') return false;
  const [word, ...others] = value.expression.parts;
  return (
    functionName(node).startsWith('NORMALIZE') && others.length === 0 && modes.has(word.name.toUpperCase())
  );
}

function callArgument(argument: Argument, before: readonly Value[], scope: Scope): Value {
  const { value } = argument;
  switch (value.type) {
    case 'expression':
      return expression(value.expression, scope);
    case 'star':
      return unknownValue;
    case 'lambda': {
      const item = derive(before);
      const first = before[0] === undefined ? item : elementOf(before[0]);
      const names = value.parameters.map(
        (name, index) => [name.name.toLowerCase(), index === 0 ? first : item] as const,
      );
      return expression(value.body, localScope(scope, new Map(names)));
    }
    case 'query':
      return rowValue(query(value.query, childScope(scope))) ?? unknownValue;
    case 'table':
      return argumentTable(value.path, scope).row();
    case 'model':
    case 'connection':
      scope.pass.facts.flags.add('external');
      reportGap(
        scope.pass,
        'model',
        `a ${value.type} is used, which the analysis does not follow`,
        argument.range,
      );
      return unknownValue;
    default:
      return assertNever(value);
  }
}

function result(node: Call, values: readonly Value[], scope: Scope): Value {
  const defined = scriptFunction(node.name, scope);
  if (defined !== undefined || isRoutine(node)) return routineCall(node, values, defined, scope);
  const name = functionName(node);
  scope.pass.facts.functions.add(name);
  if (
    isQualified(node.name) &&
    modelNamespaces.has(node.name[0].name.toUpperCase()) &&
    !computing.has(name)
  ) {
    scope.pass.facts.flags.add('external');
    reportGap(scope.pass, 'model', `${name} is not analysed`, node.range);
  }
  return builtIn(name, values);
}

function isRoutine(node: Call): boolean {
  const first = node.name[0].name.toUpperCase();
  return isQualified(node.name) && !namespaces.has(first) && !modelNamespaces.has(first);
}

function builtIn(name: string, values: readonly Value[]): Value {
  const [first] = values;
  if (name === 'IF') return choose(values.slice(1), values.slice(0, 1));
  if (name === 'GROUPING') return constant(scalar('INT64'));
  if (first === undefined) return constant(resultTypes.get(name));
  if (gathering.has(name)) return { ...dependent(arrayOf(first), values.slice(1)), copied: false };
  if (taking.has(name)) return dependent(elementOf(first), values.slice(1));
  if (name === 'ARRAY_TRANSFORM') return derivedArray(values);
  if (passing.has(name)) return pass(name, values);
  return derive(values, resultType(name, values));
}

function derivedArray(values: readonly Value[]): Value {
  const [array, body] = values;
  if (array === undefined || body === undefined) return derive(values);
  return { ...dependent(arrayOf(body), [array]), copied: false };
}

/** STRUCT arguments keep their shape, the others are what the choice depends on. */
function pass(name: string, values: readonly Value[]): Value {
  const shaped = values.filter((value) => structFields(value.type) !== undefined);
  if (shaped.length === 0) {
    const types = values.map((value) => value.type);
    const type = commonTyped.has(name) ? commonType(types) : types.find((each) => each !== undefined);
    return { ...derive(values, type), handed: chosenBy(name, values, type) };
  }
  const others = values.filter((value) => !shaped.includes(value));
  return { ...dependent(merge(shaped), others), copied: false };
}

/** What a function that changes nothing may have chosen, where all of it has the type of the result. */
function chosenBy(name: string, values: readonly Value[], type: Type | undefined): Value['handed'] {
  const chosen = choosing.has(name) ? values : choosingFirst.has(name) ? values.slice(0, 1) : [];
  return chosen.every((value) => sameShape(value.type, type)) ? handedOf(chosen) : undefined;
}

function resultType(name: string, values: readonly Value[]): Type | undefined {
  const fixed = resultTypes.get(name);
  if (fixed !== undefined) return fixed;
  const types = values.map((value) => value.type);
  const first = types.find((type) => type !== undefined);
  if (name === 'SUM' || sameType.has(name)) return isTimeText(name, first) ? undefined : first;
  if (commonTyped.has(name)) return commonType(types);
  if (averaging.has(name)) return notWhole(first);
  if (dividing.has(name)) return notWhole(commonType(types));
  if (name.startsWith('JSON_QUERY') || name.startsWith('JSON_EXTRACT')) return jsonResult(name, first);
  return shapedType(name, types);
}

/** `DATE_ADD('2024-01-01', …)`: the text stands for a date, or for something else. */
function isTimeText(name: string, type: Type | undefined): boolean {
  return type?.kind === 'scalar' && type.name === 'STRING' && /^(?:DATE|TIMESTAMP)/.test(name);
}

function notWhole(type: Type | undefined): Type | undefined {
  return type?.kind === 'scalar' && type.name === 'INT64' ? scalar('FLOAT64') : type;
}

function jsonResult(name: string, first: Type | undefined): Type | undefined {
  return name.endsWith('ARRAY') ? arrayType(first) : first;
}

/** Types that are made of those of the arguments. */
function shapedType(name: string, types: readonly (Type | undefined)[]): Type | undefined {
  const [first, second] = types;
  switch (name) {
    case 'FLATTEN':
      return first;
    case 'SPLIT':
    case 'REGEXP_EXTRACT_ALL':
    case 'GENERATE_RANGE_ARRAY':
      return arrayType(first);
    case 'GENERATE_ARRAY':
      return arrayType(commonType(types));
    case 'ARRAY_SUM':
      return first?.kind === 'array' ? first.element : undefined;
    case 'ARRAY_AVG':
      return first?.kind === 'array' ? notWhole(first.element) : undefined;
    case 'RANGE':
      return first?.kind === 'scalar' ? scalar(`RANGE<${first.name}>`) : undefined;
    case 'RANGE_START':
    case 'RANGE_END':
      return rangeElement(first);
    case 'APPROX_TOP_COUNT':
      return ranked(first, { name: 'count', type: scalar('INT64') });
    case 'APPROX_TOP_SUM':
      return ranked(first, { name: 'sum', type: second });
    default:
      return undefined;
  }
}

function rangeElement(type: Type | undefined): Type | undefined {
  const [, name] = (type?.kind === 'scalar' && /^RANGE<(.*)>$/.exec(type.name)) || [];
  return name === undefined ? undefined : scalar(name);
}

function ranked(value: Type | undefined, measure: TypeField): Type {
  return arrayType({ kind: 'struct', fields: [{ name: 'value', type: value }, measure] });
}
