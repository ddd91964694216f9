import type { Argument, Call, Expression, InSet, OrderItem, PathExpression } from '../../ast/index.ts';
import { refuse } from '../refusal.ts';

type Change = (path: PathExpression) => Expression;

/** The expression with every column path changed; a query inside has names of its own and is refused. */
export const mapPaths = (expression: Expression, change: Change): Expression => {
  const inner = (part: Expression): Expression => mapPaths(part, change);
  const optional = <Key extends string>(
    key: Key,
    part: Expression | undefined,
  ): { [K in Key]?: Expression } => (part === undefined ? {} : single(key, inner(part)));
  switch (expression.type) {
    case 'path':
      return change(expression);
    case 'literal':
    case 'rangeLiteral':
    case 'parameter':
    case 'systemVariable':
    case 'datePart':
    case 'default':
      return expression;
    case 'interval':
      return { ...expression, value: inner(expression.value) };
    case 'field':
      return { ...expression, object: inner(expression.object) };
    case 'subscript':
      return { ...expression, object: inner(expression.object), index: inner(expression.index) };
    case 'unary':
    case 'is':
      return { ...expression, operand: inner(expression.operand) };
    case 'binary':
      return { ...expression, left: inner(expression.left), right: inner(expression.right) };
    case 'like':
      return {
        ...expression,
        operand: inner(expression.operand),
        patterns: mapSet(expression.patterns, change),
      };
    case 'in':
      return { ...expression, operand: inner(expression.operand), values: mapSet(expression.values, change) };
    case 'between': {
      const { operand, low, high } = expression;
      return { ...expression, operand: inner(operand), low: inner(low), high: inner(high) };
    }
    case 'case': {
      const branches = expression.branches.map((branch) => ({
        when: inner(branch.when),
        // oxlint-disable-next-line unicorn/no-thenable -- a branch of CASE, never awaited
        then: inner(branch.then),
      }));
      const rest = {
        ...optional('operand', expression.operand),
        ...optional('otherwise', expression.otherwise),
      };
      return { ...expression, branches, ...rest };
    }
    case 'cast': {
      const rest = { ...optional('format', expression.format), ...optional('timeZone', expression.timeZone) };
      return { ...expression, operand: inner(expression.operand), ...rest };
    }
    case 'extract':
      return { ...expression, from: inner(expression.from), ...optional('timeZone', expression.timeZone) };
    case 'call':
      return mapCall(expression, change);
    case 'array':
      return { ...expression, elements: expression.elements.map(inner) };
    case 'struct': {
      const fields = expression.fields.map((field) => ({ ...field, value: inner(field.value) }));
      return { ...expression, fields };
    }
    case 'arrayQuery':
    case 'subquery':
    case 'exists':
    case 'with':
      return refuse('unsupported', 'A query or binding at this place is not analysed.', expression.range);
    default: {
      const never: never = expression;
      return never;
    }
  }
};

const single = <Key extends string>(key: Key, value: Expression): { [K in Key]?: Expression } => {
  const made: { [K in Key]?: Expression } = {};
  made[key] = value;
  return made;
};

const mapSet = (set: InSet, change: Change): InSet => {
  switch (set.type) {
    case 'list':
      return { ...set, items: set.items.map((item) => mapPaths(item, change)) };
    case 'unnest':
      return { ...set, array: mapPaths(set.array, change) };
    case 'query':
      return refuse('unsupported', 'A query at this place is not analysed.', set.query.range);
    default: {
      const never: never = set;
      return never;
    }
  }
};

export const mapOrder = (items: readonly OrderItem[], change: Change): readonly OrderItem[] =>
  items.map((item) => ({ ...item, value: mapPaths(item.value, change) }));

const mapCall = (call: Call, change: Change): Call => {
  const { having, limit, window } = call;
  return {
    ...call,
    arguments: call.arguments.map((argument) => mapArgument(argument, change)),
    orderBy: mapOrder(call.orderBy, change),
    ...(having === undefined ? {} : { having: { ...having, value: mapPaths(having.value, change) } }),
    ...(limit === undefined ? {} : { limit: mapPaths(limit, change) }),
    ...(window === undefined
      ? {}
      : {
          window: {
            ...window,
            partitionBy: window.partitionBy.map((item) => mapPaths(item, change)),
            orderBy: mapOrder(window.orderBy, change),
          },
        }),
  };
};

const mapArgument = (argument: Argument, change: Change): Argument => {
  const { value } = argument;
  if (value.type === 'star') return argument;
  if (value.type !== 'expression')
    return refuse('unsupported', 'An argument at this place is not analysed.', argument.range);
  return { ...argument, value: { ...value, expression: mapPaths(value.expression, change) } };
};
