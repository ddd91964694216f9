import type { Range } from '../ast/node.ts';

/** A part of the text that is replaced before the parser sees it. */
export interface Edit extends Range {
  readonly text: string;
}

interface Piece {
  /** Where the piece stands in the fragment. */
  readonly at: number;
  readonly length: number;
  readonly origin: Range;
  /** True for text that is not the user's. */
  readonly made: boolean;
}

/** What is handed to the parser, and the way back from its offsets to those of the text. */
export interface Fragment {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** `prefix`, then the text of `range` with the edits (in order, apart from each other) applied. */
export const buildFragment = (
  safe: string,
  range: Range,
  edits: readonly Edit[],
  wrap: { readonly prefix: string; readonly suffix: string },
): Fragment => {
  const pieces: Piece[] = [];
  let text = '';
  const add = (added: string, origin: Range, made: boolean): void => {
    if (added === '') return;
    pieces.push({ at: text.length, length: added.length, origin, made });
    text += added;
  };
  let from = range.start;
  add(wrap.prefix, { start: from, end: from }, true);
  for (const edit of edits) {
    add(safe.slice(from, edit.start), { start: from, end: edit.start }, false);
    add(edit.text, edit, true);
    from = edit.end;
  }
  add(safe.slice(from, range.end), { start: from, end: range.end }, false);
  add(wrap.suffix, { start: range.end, end: range.end }, true);
  return { text, pieces };
};

const pieceAt = (fragment: Fragment, offset: number): Piece | undefined => {
  const { pieces } = fragment;
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.at ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return pieces[low];
};

export const isMade = (fragment: Fragment, offset: number): boolean =>
  pieceAt(fragment, offset)?.made ?? false;

export const originOfStart = (fragment: Fragment, offset: number): number => {
  const piece = pieceAt(fragment, offset);
  if (piece === undefined) return offset;
  return piece.made ? piece.origin.start : piece.origin.start + (offset - piece.at);
};

export const originOfEnd = (fragment: Fragment, offset: number): number => {
  const piece = pieceAt(fragment, Math.max(0, offset - 1));
  if (piece === undefined) return offset;
  return piece.made ? piece.origin.end : piece.origin.start + (offset - piece.at);
};
