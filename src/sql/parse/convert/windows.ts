import type {
  Expression,
  FrameBound,
  NamedWindow,
  WindowFrame,
  WindowSpecification,
} from '../../ast/index.ts';
import { take } from '../holes/holes.ts';
import { eat, rangeOf, startOf, unexpected, type Reader } from '../reader.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertExpression } from './expressions.ts';
import { nameOf, tokenOf } from './names.ts';
import { orderItems } from './ordering.ts';
import { mustBeAbsent } from './sweep.ts';

export const windowSpecification = (reader: Reader, node: NodeOf<'paren_expr'>): WindowSpecification => {
  const inner: Node = node.expr;
  if (inner.type !== 'window_definition') return unexpected(reader, node);
  const { baseWindowName, partitionBy, orderBy, frame } = inner;
  eat(reader, partitionBy?.partitionByKw);
  const partitions = partitionBy?.specifications.items ?? [];
  return {
    ...(baseWindowName === undefined ? {} : { base: nameOf(reader, baseWindowName) }),
    partitionBy: partitions.map((item) => convertExpression(reader, item)),
    orderBy: orderBy === undefined ? [] : orderItems(reader, orderBy),
    ...(frame === undefined ? {} : { frame: windowFrame(reader, frame) }),
    range: rangeOf(reader, node),
  };
};

export const namedWindows = (reader: Reader, node: NodeOf<'window_clause'>): readonly NamedWindow[] => {
  eat(reader, node.windowKw);
  return node.namedWindows.items.map((item) => {
    eat(reader, item.asKw);
    const window: Node = item.window;
    const name = nameOf(reader, item.name);
    return { name, window: windowOf(reader, window), range: rangeOf(reader, item) };
  });
};

/** `(…)`, or the name of another window. */
const windowOf = (reader: Reader, node: Node): WindowSpecification => {
  if (node.type === 'paren_expr') return windowSpecification(reader, node);
  const base = nameOf(reader, node);
  return { base, partitionBy: [], orderBy: [], range: base.range };
};

const windowFrame = (reader: Reader, node: NodeOf<'frame_clause'>): WindowFrame => {
  eat(reader, node.unitKw);
  mustBeAbsent(reader, node.exclusion);
  const word = tokenOf(reader, node.unitKw).keyword;
  if (word !== 'ROWS' && word !== 'RANGE') return unexpected(reader, node);
  const base = { unit: word, range: rangeOf(reader, node) } as const;
  const { extent } = node;
  if (extent.type !== 'frame_between') return { ...base, start: frameBound(reader, extent) };
  eat(reader, extent.betweenKw, extent.andKw);
  return { ...base, start: frameBound(reader, extent.begin), end: frameBound(reader, extent.end) };
};

const frameBound = (
  reader: Reader,
  node: NodeOf<'frame_bound_current_row' | 'frame_bound_preceding' | 'frame_bound_following'>,
): FrameBound => {
  if (node.type === 'frame_bound_current_row') {
    eat(reader, node.currentRowKw);
    return { type: 'currentRow' };
  }
  const preceding = node.type === 'frame_bound_preceding';
  eat(reader, node.type === 'frame_bound_preceding' ? node.precedingKw : node.followingKw);
  if (node.expr.type === 'frame_unbounded') {
    eat(reader, node.expr.unboundedKw);
    return { type: preceding ? 'unboundedPreceding' : 'unboundedFollowing' };
  }
  return { type: preceding ? 'preceding' : 'following', distance: distanceOf(reader, node.expr) };
};

const distanceOf = (reader: Reader, node: Node): Expression => {
  const note = take(reader.holes.expressions, startOf(reader, node));
  return note === undefined ? convertExpression(reader, node) : note();
};
