/** Something about a policy that its owner should look at. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly kind: FindingKind;
  /** The way from the document to it: `['rules', 3, 'datasets', 0]`. */
  readonly path: readonly PropertyKey[];
  /** Which character of the text there. */
  readonly at?: number | undefined;
  readonly message: string;
}

/**
 * `invalid`: the policy cannot be used. `unknown`: a name that the catalog does not have. `unmatched`: a pattern that
 * matches nothing. `unreachable`: the rule never speaks. `wide`: the rule opens more than it seems to.
 * `shadowed`: the rule speaks, and changes nothing. `unused`: a
 * tag that nothing names. `limit`: a size that can hardly be meant. `misfit`: a mask on a
 * column of a type that it does not fit. `full-scan`: a mask on a partition or clustering column.
 */
export type FindingKind =
  | 'invalid'
  | 'unknown'
  | 'unmatched'
  | 'unreachable'
  | 'wide'
  | 'shadowed'
  | 'unused'
  | 'limit'
  | 'misfit'
  | 'full-scan';
