import type { Node as AnyNode } from 'sql-parser-cst';
import { mentionsQuery } from '../pipes/mentions.ts';
import { eat, rangeOf, unsupported, type Leaf, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node } from '../tree.ts';

const leafTypes: ReadonlySet<string> = new Set<Leaf['type']>([
  'keyword',
  'identifier',
  'string_literal',
  'number_literal',
  'blob_literal',
  'bigquery_quoted_member_expr',
]);

const isLeaf = (node: Node): node is Leaf => leafTypes.has(node.type);

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/**
 * Marks everything below a node as read although it is not kept: options, constraints, formats.
 * What could read data in there (a query, a call) is refused.
 */
export const sweep = (reader: Reader, node: Node): void => {
  if (node.type === 'select_stmt' || node.type === 'compound_select_stmt' || node.type === 'func_call') {
    return unsupported(reader, node, 'A query or call at this place');
  }
  if (isLeaf(node)) eat(reader, node);
  else for (const value of Object.values(node)) sweepValue(reader, value);
};

const sweepValue = (reader: Reader, value: unknown): void => {
  if (Array.isArray(value)) for (const item of value) sweepValue(reader, item);
  else if (isNode(value)) sweep(reader, value);
};

/** For a field that must be absent in GoogleSQL. */
export const mustBeAbsent = (
  reader: Reader,
  ...nodes: readonly (Node | readonly Node[] | undefined)[]
): void => {
  for (const node of nodes.flat()) {
    if (node !== undefined) refuse('unsupported', 'This clause is not analysed.', rangeOf(reader, node));
  }
};

/** For values that the tree does not keep: they must not read data. */
export const mustReadNothing = (reader: Reader, node: Node, value: unknown): void => {
  if (mentionsQuery(value)) unsupported(reader, node, 'A query at this place');
};
