// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type { BinaryOperator, Expression, InSet, Unary } from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertExpression } from './expressions.ts';
import { isQuery, convertQuery } from './queries.ts';

// https://cloud.google.com/bigquery/docs/reference/standard-sql/operators#operator_precedence
const comparison = 4;
const levels: Readonly<Record<string, number>> = {
  OR: 1,
  AND: 2,
  '|': 5,
  '^': 6,
  '&': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '||': 10,
};
const notLevel = 3;
const unaryLevel = 11;
const tightest = 12;

type Operator = NodeOf<'binary_expr'>['operator'];

/** `IS NOT DISTINCT FROM` and the like as one string; symbols as they are. */
const operatorText = (reader: Reader, operator: Operator): string => {
  if (typeof operator === 'string') return operator;
  const words = Array.isArray(operator) ? operator : [operator];
  return words.map((word) => ('name' in word ? word.name : unexpected(reader, word))).join(' ');
};

const levelOf = (reader: Reader, node: Node): number => {
  switch (node.type) {
    case 'binary_expr':
      return levels[operatorText(reader, node.operator)] ?? comparison;
    case 'between_expr':
    case 'postfix_op_expr':
      return comparison;
    case 'prefix_op_expr':
      if (typeof node.operator === 'string') return unaryLevel;
      return node.operator.type === 'keyword' && node.operator.name === 'NOT' ? notLevel : tightest;
    default:
      return tightest;
  }
};

const mustBind = (reader: Reader, node: Node, level: number): void => {
  if (levelOf(reader, node) < level) {
    refuse('misread', 'Operators bind otherwise here. Use parentheses.', rangeOf(reader, node));
  }
};

const plainOperators: Readonly<Record<string, BinaryOperator>> = {
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '||': '||',
  '&': '&',
  '|': '|',
  '^': '^',
  '<<': '<<',
  '>>': '>>',
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
  AND: 'AND',
  OR: 'OR',
  'IS DISTINCT FROM': 'IS DISTINCT FROM',
  'IS NOT DISTINCT FROM': 'IS NOT DISTINCT FROM',
};

export const binary = (reader: Reader, node: NodeOf<'binary_expr'>): Expression => {
  const text = operatorText(reader, node.operator);
  if (typeof node.operator !== 'string') sweepOperator(reader, node.operator);
  const level = levels[text] ?? comparison;
  mustBind(reader, node.left, level === comparison ? comparison + 1 : level);
  mustBind(reader, node.right, level + 1);
  const like = likeOf(reader, node.operator);
  const range = rangeOf(reader, node);
  if (like !== undefined) {
    const operand = convertExpression(reader, node.left);
    const items = [convertExpression(reader, node.right)];
    return { type: 'like', operand, negated: like.negated, patterns: { type: 'list', items }, range };
  }
  const operator = plainOperators[text];
  if (operator !== undefined) {
    const left = convertExpression(reader, node.left);
    return { type: 'binary', operator, left, right: convertExpression(reader, node.right), range };
  }
  return keywordOperator(reader, node, text);
};

const likeOf = (reader: Reader, operator: Operator): { readonly negated: boolean } | undefined => {
  const [word] = Array.isArray(operator) ? operator : [];
  return word === undefined ? undefined : take(reader.holes.likes, startOf(reader, word));
};

const sweepOperator = (reader: Reader, operator: Exclude<Operator, string>): void => {
  for (const word of Array.isArray(operator) ? operator : [operator]) {
    if (word.type === 'keyword') eat(reader, word);
    else unexpected(reader, word);
  }
};

const keywordOperator = (reader: Reader, node: NodeOf<'binary_expr'>, text: string): Expression => {
  const negated = text.includes('NOT');
  switch (text) {
    case 'IS':
    case 'IS NOT':
      return is(reader, node, negated);
    case 'IN':
    case 'NOT IN':
      return inList(reader, node, negated);
    default:
      return unexpected(reader, node);
  }
};

const is = (reader: Reader, node: NodeOf<'binary_expr'>, negated: boolean): Expression => {
  const operand = convertExpression(reader, node.left);
  const right = convertExpression(reader, node.right);
  const range = rangeOf(reader, node);
  if (right.type !== 'literal') return unexpected(reader, node);
  if (right.kind === 'null') return { type: 'is', operand, test: 'null', negated, range };
  if (right.kind !== 'boolean') return unexpected(reader, node);
  return { type: 'is', operand, test: right.value === 'true' ? 'true' : 'false', negated, range };
};

const inList = (reader: Reader, node: NodeOf<'binary_expr'>, negated: boolean): Expression => {
  const operand = convertExpression(reader, node.left);
  const { operator } = node;
  const last = Array.isArray(operator) ? operator.at(-1) : operator;
  const quantifier =
    typeof last === 'object' ? take(reader.holes.quantifiedLikes, startOf(reader, last)) : undefined;
  const values = setOf(reader, node.right);
  const range = rangeOf(reader, node);
  if (quantifier !== undefined)
    return { type: 'like', operand, negated, quantifier, patterns: values, range };
  return { type: 'in', operand, negated, values, range };
};

const setOf = (reader: Reader, node: Node): InSet => {
  if (node.type === 'unnest_expr') {
    eat(reader, node.unnestKw);
    return { type: 'unnest', array: convertExpression(reader, node.expr.expr) };
  }
  if (node.type !== 'paren_expr') return unexpected(reader, node);
  const inner = node.expr;
  if (isQuery(inner)) return { type: 'query', query: convertQuery(reader, inner) };
  const items = inner.type === 'list_expr' ? inner.items : [inner];
  const [only] = items;
  if (items.length === 1 && only !== undefined) {
    const query = take(reader.holes.queries, startOf(reader, only));
    if (query !== undefined) return { type: 'query', query: query() };
  }
  return { type: 'list', items: items.map((item) => convertExpression(reader, item)) };
};

export const between = (reader: Reader, node: NodeOf<'between_expr'>): Expression => {
  const words = Array.isArray(node.betweenKw) ? node.betweenKw : [node.betweenKw];
  for (const operand of [node.left, node.begin, node.end]) mustBind(reader, operand, comparison + 1);
  eat(reader, words, node.andKw);
  if (words.some((word) => word.name === 'SYMMETRIC')) return unexpected(reader, node);
  return {
    type: 'between',
    operand: convertExpression(reader, node.left),
    low: convertExpression(reader, node.begin),
    high: convertExpression(reader, node.end),
    negated: words.some((word) => word.name === 'NOT'),
    range: rangeOf(reader, node),
  };
};

export const postfix = (reader: Reader, node: NodeOf<'postfix_op_expr'>): Expression => {
  const words = Array.isArray(node.operator) ? node.operator : [node.operator];
  const text = words.map((word) => word.name).join(' ');
  if (text !== 'IS UNKNOWN' && text !== 'IS NOT UNKNOWN') return unexpected(reader, node);
  eat(reader, words);
  mustBind(reader, node.expr, comparison + 1);
  const operand = convertExpression(reader, node.expr);
  return { type: 'is', operand, test: 'null', negated: words.length === 3, range: rangeOf(reader, node) };
};

export const prefix = (reader: Reader, node: NodeOf<'prefix_op_expr'>): Expression => {
  const { operator } = node;
  const range = rangeOf(reader, node);
  if (operator === '-' || operator === '+' || operator === '~') return unary(reader, node, operator);
  if (typeof operator === 'string' || operator.type !== 'keyword') return unexpected(reader, node);
  eat(reader, operator);
  if (operator.name === 'NOT') return unary(reader, node, 'NOT');
  const query = existsQuery(reader, node.expr);
  return { type: 'exists', query, range };
};

const unary = (reader: Reader, node: NodeOf<'prefix_op_expr'>, operator: Unary['operator']): Expression => {
  mustBind(reader, node.expr, operator === 'NOT' ? notLevel : unaryLevel);
  return {
    type: 'unary',
    operator,
    operand: convertExpression(reader, node.expr),
    range: rangeOf(reader, node),
  };
};

const existsQuery = (reader: Reader, node: Node): ReturnType<typeof convertQuery> => {
  if (node.type !== 'paren_expr') return unexpected(reader, node);
  const inner: Node = node.expr;
  const note = take(reader.holes.queries, startOf(reader, inner));
  if (note !== undefined) return note();
  return isQuery(inner) ? convertQuery(reader, inner) : unexpected(reader, node);
};
