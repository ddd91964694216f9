import type { Call } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { typeOf } from '../type/data-type.ts';
import { typeText } from '../type/sql-type.ts';
import { aggregateNames } from './functions/aggregate.ts';
import { functions } from './functions/function-table.ts';
import { functionName, printArguments } from './functions/signature.ts';
import { windowFunctions } from './functions/window.ts';
import { coerce } from './coerce.ts';
import { failAt, type FunctionDefinition } from './context.ts';
import { printExpression } from './expression.ts';
import { safely } from './safely.ts';
import type { Column, Scope } from './scope.ts';
import type { Typed } from './typed.ts';

export function printCall(node: Call, scope: Scope): Typed {
  const name = functionName(node);
  const value = userFunction(node, scope) ?? builtIn(node, name, scope);
  return node.safe ? safely(value) : value;
}

function builtIn(node: Call, name: string, scope: Scope): Typed {
  const handler = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (handler === undefined) throw unsupported(`the function ${name}`);
  const windowed = aggregateNames.has(name) || Object.hasOwn(windowFunctions, name);
  if (!windowed && (node.window !== undefined || node.distinct || node.orderBy.length > 0)) {
    throw failAt(
      scope.context,
      node.range,
      `Function ${name} does not support an OVER clause, DISTINCT or ORDER BY`,
    );
  }
  return handler(node, scope);
}

function userFunction(node: Call, scope: Scope): Typed | undefined {
  const definition = definitionOf(node, scope);
  return definition === undefined ? undefined : inlined(node, definition, scope);
}

function definitionOf(node: Call, scope: Scope): FunctionDefinition | undefined {
  const { context } = scope;
  const [first] = node.name;
  if (node.name.length === 1) {
    return (
      context.functions.get(first.name.toLowerCase()) ??
      (Object.hasOwn(functions, functionName(node)) ? undefined : context.store.routine(node.name, context))
    );
  }
  if (Object.hasOwn(functions, functionName(node))) return undefined;
  return context.store.routine(node.name, context);
}

const depthLimit = 32;

/** The body of a SQL function with its arguments in place of the names. */
function inlined(node: Call, definition: FunctionDefinition, scope: Scope): Typed {
  const { statement } = definition;
  if (statement.aggregate) throw unsupported('user-defined aggregate functions');
  if (statement.body === undefined) throw unsupported(`functions in ${statement.language}`);
  if (scope.context.depth >= depthLimit) throw failAt(scope.context, node.range, 'The function calls itself');
  const values = printArguments(node, scope);
  const columns = parameters(node, definition, values, scope);
  const context = {
    ...scope.context,
    text: definition.text,
    depth: scope.context.depth + 1,
    variables: new Map<string, Typed>(),
  };
  const body = printExpression(statement.body, { context, tables: new Map(), sources: [{ columns }] });
  if (
    columns.some((column) => isVolatile(column.sql)) &&
    columns.some((column) => uses(body.sql, column.sql) > 1)
  ) {
    throw unsupported('a random argument that a function uses more than once');
  }
  if (statement.returns === undefined) return body;
  const returned = coerce(body, typeOf(statement.returns));
  if (returned === undefined) {
    throw failAt(
      scope.context,
      node.range,
      `Function body of type ${typeText(body.type)} does not coerce to its declared type`,
    );
  }
  return returned;
}

const isVolatile = (sql: string): boolean => /\b(random|uuid)\(/.test(sql);
const uses = (sql: string, part: string): number => sql.split(part).length - 1;

function parameters(
  node: Call,
  { statement }: FunctionDefinition,
  values: readonly Typed[],
  scope: Scope,
): Column[] {
  if (values.length !== statement.parameters.length) {
    const types = values.map((value) => typeText(value.type)).join(', ');
    throw failAt(
      scope.context,
      node.range,
      `No matching signature for function ${functionName(node)} for argument types: ${types}`,
    );
  }
  return statement.parameters.map((parameter, index) => {
    const value = values[index];
    const coerced = value && parameterValue(value, parameter.parameterType);
    if (coerced === undefined) {
      throw failAt(
        scope.context,
        node.range,
        `No matching signature for function ${functionName(node)}: argument ${index + 1} has the wrong type`,
      );
    }
    return { name: parameter.name.name, sql: coerced.sql, type: coerced.type };
  });
}

type ParameterType = FunctionDefinition['statement']['parameters'][number]['parameterType'];

function parameterValue(value: Typed, type: ParameterType): Typed | undefined {
  if (type.type === 'anyType') return value;
  if (type.type === 'tableType' || type.type === 'likeTable') throw unsupported('table parameters');
  return coerce(value, typeOf(type));
}
