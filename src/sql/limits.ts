/** Bounds checked before anything else reads the text. */
export interface Limits {
  /** UTF-16 code units of the text. */
  readonly characters: number;
  readonly tokens: number;
  /** How deep brackets and the like may nest. */
  readonly nesting: number;
}

export const defaultLimits: Limits = { characters: 1_000_000, tokens: 200_000, nesting: 200 };
