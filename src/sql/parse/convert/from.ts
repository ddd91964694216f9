// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type { FromItem, Join, Name, OffsetColumn, TableReference } from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, endOf, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { argumentsOf } from './calls.ts';
import { convertExpression } from './expressions.ts';
import { nameOf, namesOf, objectPathOf, tokenOf } from './names.ts';
import { convertQuery, isQuery } from './queries.ts';
import { mustBeAbsent } from './sweep.ts';

/** One item of FROM with what was taken out after it: time travel, sample, pivot. */
export const convertFrom = (reader: Reader, node: Node): FromItem => {
  const item = fromItem(reader, node);
  if (node.type === 'join_expr') return item;
  const tail = take(reader.holes.tails, endOf(reader, node));
  return tail === undefined ? item : tail(item);
};

const fromItem = (reader: Reader, node: Node): FromItem => {
  switch (node.type) {
    case 'identifier':
      return take(reader.holes.fromItems, startOf(reader, node))?.() ?? tableReference(reader, node);
    case 'member_expr':
    case 'bigquery_quoted_member_expr':
      return tableReference(reader, node);
    case 'alias':
      return withAlias(reader, node);
    case 'join_expr':
      return join(reader, node);
    case 'paren_expr':
      return parenthesised(reader, node);
    case 'func_call':
      return tableFunction(reader, node);
    case 'unnest_expr':
      return unnest(reader, node);
    case 'unnest_with_offset_expr':
      return withOffset(reader, node, undefined);
    default:
      return unexpected(reader, node);
  }
};

export const tableReference = (reader: Reader, node: Node): TableReference => {
  const range = rangeOf(reader, node);
  return { type: 'table', path: objectPathOf(reader, node), pathRange: range, range };
};

/** A table with or without an alias, as the target of a statement. */
export const targetTable = (reader: Reader, node: Node): TableReference => {
  if (node.type !== 'alias') return tableReference(reader, node);
  eat(reader, node.asKw);
  mustBeAbsent(reader, node.columnAliases);
  const table = tableReference(reader, node.expr);
  return { ...table, alias: nameOf(reader, node.alias), range: rangeOf(reader, node) };
};

const withAlias = (reader: Reader, node: NodeOf<'alias'>): FromItem => {
  eat(reader, node.asKw);
  mustBeAbsent(reader, node.columnAliases);
  const range = rangeOf(reader, node);
  const inner: Node = node.expr;
  if (inner.type === 'unnest_with_offset_expr') {
    return { ...withOffset(reader, inner, nameOf(reader, node.alias)), range };
  }
  const item = fromItem(reader, inner);
  return named(item, nameOf(reader, node.alias), range);
};

/** The item under a name; a join in parentheses can have none. */
export const named = (item: FromItem, alias: Name, range: FromItem['range']): FromItem => {
  if (item.type === 'join') return refuse('syntax', 'A join in parentheses has no alias.', range);
  return { ...item, alias, range };
};

const parenthesised = (reader: Reader, node: NodeOf<'paren_expr'>): FromItem => {
  const inner: Node = node.expr;
  const range = rangeOf(reader, node);
  const note = take(reader.holes.queries, startOf(reader, inner));
  if (note !== undefined) return { type: 'derivedTable', query: note(), range };
  if (isQuery(inner)) return { type: 'derivedTable', query: convertQuery(reader, inner), range };
  if (inner.type === 'paren_expr') {
    const item = convertFrom(reader, inner);
    return item.type === 'derivedTable' && item.alias === undefined ? { ...item, range } : item;
  }
  const item = convertFrom(reader, inner);
  return item.type === 'table' ? refuse('syntax', 'A table alone stands in parentheses.', range) : item;
};

const tableFunction = (reader: Reader, node: NodeOf<'func_call'>): FromItem => {
  mustBeAbsent(reader, node.filter, node.over);
  const name = objectPathOf(reader, node.name);
  const args = node.args?.expr;
  if (args === undefined) return unexpected(reader, node);
  mustBeAbsent(reader, args.distinctKw, args.nullHandlingKw, args.orderBy, args.limit, args.having);
  const list = argumentsOf(reader, args, name).map((argument) => {
    const { value } = argument;
    // A query in parentheses is a table here.
    if (value.type !== 'expression' || value.expression.type !== 'subquery') return argument;
    return { ...argument, value: { type: 'query', query: value.expression.query } as const };
  });
  return { type: 'tableFunction', name, arguments: list, range: rangeOf(reader, node) };
};

const unnest = (reader: Reader, node: NodeOf<'unnest_expr'>): FromItem => {
  eat(reader, node.unnestKw);
  const arrays = [{ value: convertExpression(reader, node.expr.expr) }];
  return { type: 'unnest', arrays, range: rangeOf(reader, node) };
};

const withOffset = (
  reader: Reader,
  node: NodeOf<'unnest_with_offset_expr'>,
  alias: Name | undefined,
): FromItem => {
  eat(reader, node.withOffsetKw);
  const item = fromItem(reader, node.unnest);
  const range = rangeOf(reader, node);
  const first = startOf(reader, node.withOffsetKw[0]);
  const offset: OffsetColumn = {
    range: { start: first, end: alias?.range.end ?? range.end },
    ...(alias === undefined ? {} : { alias }),
  };
  if (item.type === 'unnest' || item.type === 'table') return { ...item, offset, range };
  return unexpected(reader, node);
};

const joinKinds: Readonly<Record<string, Join['kind']>> = {
  JOIN: 'INNER',
  'INNER JOIN': 'INNER',
  'LEFT JOIN': 'LEFT',
  'LEFT OUTER JOIN': 'LEFT',
  'RIGHT JOIN': 'RIGHT',
  'RIGHT OUTER JOIN': 'RIGHT',
  'FULL JOIN': 'FULL',
  'FULL OUTER JOIN': 'FULL',
  'CROSS JOIN': 'CROSS',
  ',': 'COMMA',
};

const join = (reader: Reader, node: NodeOf<'join_expr'>): FromItem => {
  const left = convertFrom(reader, node.left);
  const kind = joinKinds[operatorOf(reader, node.operator)];
  if (kind === undefined) return unexpected(reader, node);
  const right = convertFrom(reader, node.right);
  const condition = joinCondition(reader, node.specification);
  const end = Math.max(endOf(reader, node), right.range.end);
  return { type: 'join', kind, left, right, ...condition, range: { start: left.range.start, end } };
};

const operatorOf = (reader: Reader, operator: NodeOf<'join_expr'>['operator']): string => {
  if (operator === ',') return operator;
  const words = Array.isArray(operator) ? operator : [operator];
  eat(reader, words);
  return words.map((word) => tokenOf(reader, word).keyword).join(' ');
};

const joinCondition = (
  reader: Reader,
  node: NodeOf<'join_expr'>['specification'],
): Pick<Join, 'on' | 'using'> => {
  if (node === undefined) return {};
  if (node.type === 'join_using_specification') {
    eat(reader, node.usingKw);
    return { using: namesOf(reader, node.expr.expr.items) };
  }
  eat(reader, node.onKw);
  return { on: convertExpression(reader, node.expr) };
};
