/** A line and column, from 1, as BigQuery's messages give them: `at [3:5]`. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** From offsets in one text to offsets in the other; within replaced text, to where the replacement begins. */
export interface PositionMap {
  toOriginal(offset: number): number;
  toRewritten(offset: number): number;
  originalPosition(position: Position): Position;
  rewrittenPosition(position: Position): Position;
}

/** A part that both texts have, at different places. */
export interface Kept {
  readonly original: number;
  readonly rewritten: number;
  readonly length: number;
}

export function positionMap(original: string, rewritten: string, kept: readonly Kept[]): PositionMap {
  const toOriginal = (offset: number): number => mapped(kept, offset, 'rewritten', 'original');
  const toRewritten = (offset: number): number => mapped(kept, offset, 'original', 'rewritten');
  return {
    toOriginal,
    toRewritten,
    originalPosition: (position) => positionAt(original, toOriginal(offsetAt(rewritten, position))),
    rewrittenPosition: (position) => positionAt(rewritten, toRewritten(offsetAt(original, position))),
  };
}

type Side = 'original' | 'rewritten';

function mapped(kept: readonly Kept[], offset: number, from: Side, to: Side): number {
  const part = kept.findLast((each) => each[from] <= offset);
  if (part === undefined) return 0;
  return part[to] + Math.min(offset - part[from], part.length);
}

const tab = 8;

/** GoogleSQL counts characters, and moves to the next multiple of eight at a tab. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let column = 1;
  for (let at = 0; at < offset && at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 10 || (unit === 13 && text.charCodeAt(at + 1) !== 10)) {
      line += 1;
      column = 1;
    } else if (unit === 9) column += tab - ((column - 1) % tab);
    else if (unit !== 13 && !isSecondHalf(unit)) column += 1;
  }
  return { line, column };
}

export function offsetAt(text: string, { line, column }: Position): number {
  let at = 0;
  for (let passed = 1; passed < line; passed += 1) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  for (let reached = 1; reached < column && at < text.length && text.charCodeAt(at) !== 10; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 9) reached += tab - ((reached - 1) % tab);
    else if (!isSecondHalf(text.charCodeAt(at + 1))) reached += 1;
  }
  return at;
}

function isSecondHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
