import type { Range } from '../ast/node.ts';
import { isMade, originOfEnd, originOfStart, type Fragment } from './fragment.ts';
import { leftOver, type Holes } from './holes/holes.ts';
import { refuse } from './refusal.ts';
import { rangeOfTokens, tokenAt, type Source } from './source.ts';
import type { Node, NodeOf } from './tree.ts';

/** One fragment while its tree is converted: every leaf that is read is marked as eaten. */
export interface Reader {
  readonly source: Source;
  readonly fragment: Fragment;
  readonly holes: Holes;
  /** First and last token index of the fragment, the last exclusive. */
  readonly from: number;
  readonly to: number;
  /** End by start of every leaf that was read, in offsets of the original text. */
  readonly eaten: Map<number, number>;
}

type Ranged = Pick<Node, 'range'>;

const rawRange = (node: Ranged): readonly [number, number] =>
  node.range ?? refuse('misread', 'The parser gave no range.', { start: 0, end: 0 });

export const startOf = (reader: Reader, node: Ranged): number =>
  originOfStart(reader.fragment, rawRange(node)[0]);

export const endOf = (reader: Reader, node: Ranged): number =>
  originOfEnd(reader.fragment, rawRange(node)[1]);

export const rangeOf = (reader: Reader, node: Ranged): Range => ({
  start: startOf(reader, node),
  end: endOf(reader, node),
});

/** Marks leaves as read: whatever is left at the end was skipped, and skipping is a gap. */
export const eat = (reader: Reader, ...leaves: readonly (Leaf | readonly Leaf[] | undefined)[]): void => {
  for (const leaf of leaves) {
    if (leaf === undefined) continue;
    if (isLeafList(leaf)) for (const part of leaf) eatOne(reader, part);
    else eatOne(reader, leaf);
  }
};

export type Leaf = NodeOf<
  | 'keyword'
  | 'identifier'
  | 'string_literal'
  | 'number_literal'
  | 'blob_literal'
  | 'parameter'
  | 'variable'
  | 'bigquery_quoted_member_expr'
>;

const isLeafList = (leaf: Leaf | readonly Leaf[]): leaf is readonly Leaf[] => Array.isArray(leaf);

const eatOne = (reader: Reader, leaf: Leaf): void => {
  const [start] = rawRange(leaf);
  if (isMade(reader.fragment, start)) return;
  reader.eaten.set(startOf(reader, leaf), endOf(reader, leaf));
};

export const unsupported = (reader: Reader, node: Node, what: string): never =>
  refuse('unsupported', `${what} is not analysed.`, rangeOf(reader, node));

/** For nodes that GoogleSQL does not have: the parser took something for another dialect. */
export const unexpected = (reader: Reader, node: Node): never =>
  refuse(
    'unsupported',
    `This form (${node.type.replaceAll('_', ' ')}) is not analysed.`,
    rangeOf(reader, node),
  );

/**
 * The cross-check: the leaves that were read are the tokens that the lexer saw, one by one, and every
 * note about replaced text was taken.
 */
export const checkEaten = (reader: Reader): void => {
  const { source, eaten, to } = reader;
  let matched = 0;
  for (let index = reader.from; index < to; index += 1) {
    const token = tokenAt(source, index);
    if (token.kind === 'symbol' || isEdited(reader, token.start)) continue;
    const end = eaten.get(token.start) ?? misread(token);
    // More than one token only for a dashed name, whose parts touch.
    while (index + 1 < to && tokenAt(source, index).end < end && touchesNext(source, index)) index += 1;
    if (tokenAt(source, index).end !== end) misread(token);
    matched += 1;
  }
  const lost = leftOver(reader.holes);
  if (lost !== undefined) misread({ start: lost, end: lost });
  if (matched !== eaten.size) misread(rangeOfTokens(source, reader.from, to));
};

const touchesNext = (source: Source, index: number): boolean =>
  tokenAt(source, index).end === tokenAt(source, index + 1).start;

const isEdited = (reader: Reader, offset: number): boolean => {
  const { edits } = reader.holes;
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edits[middle]?.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return (edits[low]?.start ?? Infinity) <= offset;
};

export const misread = (range: Range): never =>
  refuse('misread', 'The parser reads this otherwise than the lexer does.', {
    start: range.start,
    end: range.end,
  });
