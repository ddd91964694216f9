import type { Wanted } from './search.ts';

/** What was found in one answer. No values: only how often each kind. */
export interface Findings {
  readonly counts: Map<string, number>;
  /** The kinds for which an answer is refused, by the rule that says so. */
  readonly refused: Map<string, Set<string>>;
}

export const noFindings = (): Findings => ({ counts: new Map(), refused: new Map() });

export function addFinding({ counts, refused }: Findings, { kind, action, rule }: Wanted): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (action !== 'deny') return;
  const kinds = refused.get(rule);
  if (kinds === undefined) refused.set(rule, new Set([kind]));
  else kinds.add(kind);
}
