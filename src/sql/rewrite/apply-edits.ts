import type { Range } from '../ast/node.ts';
import { positionMap } from './positions.ts';
import type { Kept, PositionMap } from './positions.ts';

/** Replaces the range by the text; an empty range inserts. */
export interface Edit extends Range {
  readonly text: string;
}

export interface Rewritten {
  readonly text: string;
  readonly positions: PositionMap;
}

/** Everything outside the edits stays as it is, byte for byte. Edits must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): Rewritten {
  const kept: Kept[] = [];
  let rewritten = '';
  let from = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < from || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError('Edits overlap or lie outside the text.');
    }
    kept.push({ original: from, rewritten: rewritten.length, length: edit.start - from });
    rewritten += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  kept.push({ original: from, rewritten: rewritten.length, length: text.length - from });
  rewritten += text.slice(from);
  return { text: rewritten, positions: positionMap(text, rewritten, kept) };
}
