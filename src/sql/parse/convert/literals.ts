import type { Expression, Interval, Literal, LiteralKind } from '../../ast/index.ts';
import { eat, endOf, misread, rangeOf, unexpected, type Leaf, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertExpression } from './expressions.ts';
import { tokenOf } from './names.ts';

const literal = (reader: Reader, node: Node, kind: LiteralKind, value: string): Literal => ({
  type: 'literal',
  kind,
  value,
  range: rangeOf(reader, node),
});

export const stringLiteral = (reader: Reader, node: NodeOf<'string_literal' | 'blob_literal'>): Literal => {
  const token = tokenOf(reader, node);
  eat(reader, node);
  if (token.kind !== 'string' && token.kind !== 'bytes') return misread(token);
  const tail = reader.holes.adjacent.get(token.end);
  if (tail === undefined) return literal(reader, node, token.kind, token.value);
  reader.holes.adjacent.delete(token.end);
  const range = { start: token.start, end: tail.end };
  return { type: 'literal', kind: token.kind, value: token.value + tail.value, range };
};

export const numberLiteral = (reader: Reader, node: NodeOf<'number_literal'>): Literal => {
  const token = tokenOf(reader, node);
  eat(reader, node);
  if (token.kind !== 'integer' && token.kind !== 'float') return misread(token);
  return literal(reader, node, token.kind, token.value);
};

/** `DATE '…'` and its like. */
export const typedLiteral = (
  reader: Reader,
  node: Node,
  kind: LiteralKind,
  parts: { readonly keyword: Leaf; readonly string: NodeOf<'string_literal'> },
): Literal => {
  eat(reader, parts.keyword);
  const { value, range } = stringLiteral(reader, parts.string);
  return { type: 'literal', kind, value, range: { start: rangeOf(reader, node).start, end: range.end } };
};

export const keywordLiteral = (reader: Reader, node: NodeOf<'boolean_literal' | 'null_literal'>): Literal => {
  const keyword = node.type === 'null_literal' ? node.nullKw : node.valueKw;
  eat(reader, keyword);
  const word = tokenOf(reader, keyword).keyword;
  if (word === 'NULL') return literal(reader, node, 'null', 'null');
  return literal(reader, node, 'boolean', word === 'TRUE' ? 'true' : 'false');
};

export const interval = (reader: Reader, node: NodeOf<'interval_literal'>): Interval => {
  const { unit } = node;
  eat(reader, node.intervalKw);
  if (node.precision !== undefined) return unexpected(reader, node.precision);
  if (unit === undefined) return refuse('syntax', 'An interval without a unit.', rangeOf(reader, node));
  const value: Expression = convertExpression(reader, node.value);
  const base = { type: 'interval', value, range: rangeOf(reader, node) } as const;
  if (unit.type === 'interval_unit') return { ...base, unit: unitOf(reader, unit) };
  eat(reader, unit.toKw);
  return { ...base, unit: unitOf(reader, unit.fromUnit), toUnit: unitOf(reader, unit.toUnit) };
};

const unitOf = (reader: Reader, unit: NodeOf<'interval_unit'>): string => {
  eat(reader, unit.unitKw);
  if (unit.precision !== undefined) return unexpected(reader, unit.precision);
  return tokenOf(reader, unit).keyword;
};

export const parameter = (reader: Reader, node: NodeOf<'parameter'>): Expression => {
  const token = tokenOf(reader, node);
  eat(reader, node);
  if (token.kind !== 'parameter' || token.end !== endOf(reader, node)) return misread(token);
  const range = rangeOf(reader, node);
  if (token.end - token.start > 1) return { type: 'parameter', name: token.value, position: null, range };
  return { type: 'parameter', name: null, position: positionOf(reader, token.start), range };
};

/** The 0-based number of a `?` in the whole text. */
const positionOf = (reader: Reader, start: number): number => {
  const { positional } = reader.source;
  return positional.get(start) ?? misread({ start, end: start + 1 });
};
