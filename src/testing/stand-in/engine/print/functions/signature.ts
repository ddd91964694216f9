import type { Call } from '../../../../../sql/ast/index.ts';
import { unsupported } from '../../engine-error.ts';
import { scalarNamed } from '../../type/data-type.ts';
import { arrayOf, sameType, scalar, typeText, type SqlType } from '../../type/sql-type.ts';
import { coerce } from '../coerce.ts';
import { failAt } from '../context.ts';
import { printExpression } from '../expression.ts';
import type { Scope } from '../scope.ts';
import type { Typed } from '../typed.ts';

export type Handler = (call: Call, scope: Scope) => Typed;
export type FunctionTable = Readonly<Record<string, Handler>>;

export interface Signature {
  readonly parameters: readonly SqlType[];
  /** The last parameter may come any number of times. */
  readonly variadic: boolean;
  readonly returns: SqlType;
  print(...values: string[]): string;
}

/** `STRING, INT64 -> STRING`; `STRING... -> STRING` takes one or more. */
export function signature(text: string, print: (...values: string[]) => string): Signature {
  const [left = '', right = ''] = text.split('->').map((part) => part.trim());
  const names = left === '' ? [] : left.split(',').map((name) => name.trim());
  return {
    parameters: names.map((name) => namedType(name.replace('...', ''))),
    variadic: left.endsWith('...'),
    returns: namedType(right),
    print,
  };
}

function namedType(name: string): SqlType {
  const element = /^ARRAY<(.+)>$/.exec(name)?.[1];
  if (element !== undefined) return arrayOf(namedType(element));
  const known = scalarNamed(name);
  if (known === undefined) throw new TypeError(`Unknown type in a signature: ${name}`);
  return scalar(known);
}

/** A function that takes the first of these signatures that fits its arguments. */
export function overloads(...signatures: readonly Signature[]): Handler {
  return (call, scope) => {
    const values = printArguments(call, scope);
    const chosen = bestOf(
      signatures.filter((candidate) => fits(candidate, values)),
      values,
    );
    if (chosen === undefined) throw mismatch(call, values, scope);
    const coerced = values.map((value, index) => coerce(value, parameterAt(chosen, index))?.sql ?? value.sql);
    return { sql: chosen.print(...coerced), type: chosen.returns };
  };
}

/** The common case of one signature. */
export function one(text: string, print: (...values: string[]) => string): Handler {
  return overloads(signature(text, print));
}

function parameterAt({ parameters, variadic }: Signature, index: number): SqlType {
  const type = parameters[index] ?? (variadic ? parameters.at(-1) : undefined);
  if (type === undefined) throw new TypeError('A signature has too few parameters');
  return type;
}

const sameOrNull = (value: Typed, type: SqlType): boolean =>
  value.type.kind === 'null' || sameType(value.type, type);
const coerces = (value: Typed, type: SqlType): boolean => coerce(value, type) !== undefined;

function fits(candidate: Signature, values: readonly Typed[]): boolean {
  const { parameters, variadic } = candidate;
  const counts = variadic ? values.length >= parameters.length : values.length === parameters.length;
  return counts && values.every((value, index) => coerces(value, parameterAt(candidate, index)));
}

/** The one that takes most arguments as they are; of two such the first. */
function bestOf(candidates: readonly Signature[], values: readonly Typed[]): Signature | undefined {
  const score = (candidate: Signature): number =>
    values.filter((value, index) => sameOrNull(value, parameterAt(candidate, index))).length;
  return candidates.toSorted((left, right) => score(right) - score(left))[0];
}

export function mismatch(call: Call, values: readonly Typed[], scope: Scope): Error {
  const name = functionName(call);
  const types = values.map((value) => typeText(value.type)).join(', ');
  const message =
    values.length === 0
      ? `No matching signature for function ${name} with no arguments`
      : `No matching signature for function ${name} for argument types: ${types}`;
  return failAt(scope.context, call.range, message);
}

export function functionName(call: Call): string {
  return call.name
    .map((part) => part.name)
    .join('.')
    .toUpperCase();
}

/** The arguments as plain values; named arguments, lambdas and tables are for the functions that know them. */
export function printArguments(call: Call, scope: Scope): Typed[] {
  return call.arguments.map((argument) => {
    if (argument.name !== undefined)
      throw unsupported(`the argument ${argument.name.name} => of ${functionName(call)}`);
    if (argument.value.type !== 'expression')
      throw unsupported(`an argument of this kind in ${functionName(call)}`);
    return printExpression(argument.value.expression, scope);
  });
}

/** A date part in argument position. */
export function partArgument(
  call: Call,
  index: number,
  scope: Scope,
): { readonly part: string; readonly weekday?: string } {
  const value = call.arguments[index]?.value;
  const node = value?.type === 'expression' ? value.expression : undefined;
  if (node?.type === 'datePart')
    return node.weekday === undefined ? { part: node.part } : { part: node.part, weekday: node.weekday };
  if (node?.type === 'path' && node.parts.length === 1) return { part: node.parts[0].name.toUpperCase() };
  throw failAt(
    scope.context,
    call.range,
    `A valid date part name is required but found in ${functionName(call)}`,
  );
}

export function valueArgument(call: Call, index: number, scope: Scope): Typed {
  const value = call.arguments[index]?.value;
  if (value?.type !== 'expression')
    throw failAt(scope.context, call.range, `No matching signature for function ${functionName(call)}`);
  return printExpression(value.expression, scope);
}
