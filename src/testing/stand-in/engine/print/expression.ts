import type { Expression } from '../../../../sql/ast/index.ts';
import { invalidQuery, unsupported } from '../engine-error.ts';
import { printArray, printStruct, printSubscript } from './constructor.ts';
import { failAt } from './context.ts';
import { printCall } from './call.ts';
import { printCase, printIs } from './conditional.ts';
import { printCast } from './cast.ts';
import { printExtract } from './functions/extract.ts';
import { printInterval } from './interval.ts';
import { printLiteral } from './literal.ts';
import { printIn, printBetween, printLike } from './membership.ts';
import { printBinary, printUnary } from './operator.ts';
import { fieldOf, resolvePath } from './resolve.ts';
import type { Scope } from './scope.ts';
import { printArrayQuery, printExists, printScalarSubquery } from './subquery.ts';
import type { Typed } from './typed.ts';
import { printWith } from './with-expression.ts';

type Handlers = {
  readonly [Kind in Expression['type']]: (node: Extract<Expression, { type: Kind }>, scope: Scope) => Typed;
};

const handlers: Handlers = {
  literal: printLiteral,
  interval: printInterval,
  rangeLiteral: () => {
    throw unsupported('RANGE literals');
  },
  path: resolvePath,
  field: (node, scope) => fieldOf(printExpression(node.object, scope), node.field, scope),
  subscript: printSubscript,
  parameter: printParameter,
  systemVariable: printSystemVariable,
  datePart: (node, scope) => {
    throw failAt(scope.context, node.range, `Unrecognized name: ${node.part}`);
  },
  unary: printUnary,
  binary: printBinary,
  is: printIs,
  like: printLike,
  in: printIn,
  between: printBetween,
  case: printCase,
  cast: printCast,
  extract: printExtract,
  call: printCall,
  array: printArray,
  arrayQuery: printArrayQuery,
  struct: printStruct,
  subquery: printScalarSubquery,
  exists: printExists,
  with: printWith,
  default: () => {
    throw invalidQuery('Unexpected keyword DEFAULT');
  },
};

/** An expression as DuckDB's SQL. One that GROUP BY names becomes the column that holds it. */
export function printExpression(node: Expression, scope: Scope): Typed {
  const value = dispatch(node, scope);
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const key = at.keys?.get(value.sql);
    if (key !== undefined) return { ...value, sql: key };
  }
  return value;
}

function dispatch<Kind extends Expression['type']>(
  node: Extract<Expression, { type: Kind }>,
  scope: Scope,
): Typed {
  // TypeScript does not follow that the handler found by `type` takes this very node.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const handler = handlers[node.type] as unknown as (node: Expression, scope: Scope) => Typed;
  return handler(node, scope);
}

function printParameter(node: Extract<Expression, { type: 'parameter' }>, scope: Scope): Typed {
  const { parameters } = scope.context;
  const key = node.name === null ? (node.position ?? -1) : node.name.toLowerCase();
  const value = parameters.get(key);
  if (value !== undefined) return value;
  const message =
    node.name === null
      ? `Query parameter number ${Number(key) + 1} is not defined`
      : `Query parameter '${node.name}' not found`;
  throw failAt(scope.context, node.range, message);
}

function printSystemVariable(node: Extract<Expression, { type: 'systemVariable' }>, scope: Scope): Typed {
  const name = node.parts
    .map((part) => part.name)
    .join('.')
    .toLowerCase();
  const value = scope.context.systemVariables.get(name);
  if (value === undefined) throw unsupported(`the system variable @@${name}`);
  return value;
}
