/** A part of the SQL text: UTF-16 offsets into the original text, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What every node of the tree carries: the range in the original text that it stands for. */
export interface Positioned {
  readonly range: Range;
}

/** One identifier. `name` is unescaped and without back-quotes; compare names with `sameName`. */
export interface Name extends Positioned {
  readonly name: string;
  readonly quoted: boolean;
}

/**
 * A dotted name, at least one part. `` `p.d.t` `` in one pair of back-quotes is split at its dots in
 * table position; a dashed project (`my-project.d.t`) is one part.
 */
export type Path = readonly [Name, ...Name[]];
