import type { OrderItem } from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, endOf, rangeOf, unexpected, type Reader } from '../reader.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertExpression } from './expressions.ts';
import { tokenOf } from './names.ts';
import { mustBeAbsent } from './sweep.ts';

export const orderItems = (reader: Reader, node: NodeOf<'order_by_clause'>): readonly OrderItem[] => {
  eat(reader, node.orderByKw);
  mustBeAbsent(reader, node.withRollupKw);
  return node.specifications.items.map((item) => orderItem(reader, item));
};

const orderItem = (reader: Reader, node: Node): OrderItem => {
  const range = rangeOf(reader, node);
  const nulls = take(reader.holes.nullOrders, range.end);
  const rest = { range, ...(nulls === undefined ? {} : { nulls }) };
  if (node.type !== 'sort_specification') {
    return { ...expressionOf(reader, node), descending: false, ...rest };
  }
  const { direction } = node;
  if (direction?.type === 'sort_direction_asc') eat(reader, direction.ascKw);
  else if (direction?.type === 'sort_direction_desc') eat(reader, direction.descKw);
  else if (direction !== undefined) return unexpected(reader, direction);
  const descending = direction?.type === 'sort_direction_desc';
  return { ...expressionOf(reader, node.expr), descending, ...nullHandling(reader, node), ...rest };
};

const nullHandling = (reader: Reader, node: NodeOf<'sort_specification'>): Pick<OrderItem, 'nulls'> => {
  const [nulls, side] = node.nullHandlingKw ?? [];
  if (nulls === undefined || side === undefined) return {};
  eat(reader, nulls, side);
  return { nulls: tokenOf(reader, side).keyword === 'FIRST' ? 'FIRST' : 'LAST' };
};

const expressionOf = (reader: Reader, node: Node): Pick<OrderItem, 'value' | 'collate'> => {
  const collate = take(reader.holes.collations, endOf(reader, node));
  const value = convertExpression(reader, node);
  return collate === undefined ? { value } : { value, collate: collate() };
};
