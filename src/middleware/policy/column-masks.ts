import type { CompiledMask, CompiledPolicy } from './compile.ts';
import type { DecisionRequest } from './decide.ts';
import type { ClearedColumn, ColumnMask } from './decision.ts';
import type { AppliedMask } from './mask-choice.ts';
import type { ReadColumn, Touched } from './touched.ts';
import { maskApplies } from './mask-applies.ts';
import { unclassified } from './unclassified.ts';

/** For each column the strictest, or where the policy says so the most useful, of the masks that its tags demand; of two alike the first by name. */
export function columnMasks(
  policy: CompiledPolicy,
  request: DecisionRequest,
  touched: Touched,
): readonly ColumnMask[] {
  return touched.columns.flatMap((read) => {
    if (policy.document.unclassified === 'mask' && unclassified(policy, read)) {
      return [{ ...read.column, with: 'nullify' as const, rule: 'unclassified' }];
    }
    const [strictest] = masksOf(policy, read)
      .filter((mask) => maskApplies(mask.source, request))
      .toSorted(
        (a, b) =>
          policy.precedence(a.source.with) - policy.precedence(b.source.with) ||
          (a.source.name < b.source.name ? -1 : 1),
      );
    if (strictest === undefined) return [];
    return [{ ...appliedFor(request, strictest), ...read.column, rule: strictest.source.name }];
  });
}

/** The masks of which the principal is cleared: what they hide is seen as it is. */
export function clearedColumns(
  policy: CompiledPolicy,
  request: DecisionRequest,
  { columns }: Touched,
): readonly ClearedColumn[] {
  return columns.flatMap((read) =>
    [...new Set(masksOf(policy, read))]
      .filter(({ source }) => !maskApplies(source, request))
      .map(({ source }) => ({ ...read.column, rule: source.name })),
  );
}

export function masksOf(policy: CompiledPolicy, { tags }: ReadColumn): readonly CompiledMask[] {
  return tags.flatMap((tag) => policy.masksByTag.get(tag) ?? []);
}

/** The account of a principal cannot read the keys, and should not. */
function appliedFor({ account }: DecisionRequest, { applied }: CompiledMask): AppliedMask {
  if (account === undefined || applied.keyAtSource === undefined) return applied;
  const { keyAtSource: _key, ...choice } = applied;
  return choice;
}
