import type { ColumnSource } from '../../sql/facts.ts';
import type { CompiledMask, CompiledPolicy } from './compile.ts';
import type { DecisionRequest } from './decide.ts';
import type { ColumnMask } from './decision.ts';
import type { ReadColumn, Touched } from './touched.ts';
import { appliesTo } from './select-principal.ts';
import { unclassified } from './unclassified.ts';

/** For each column the strictest of the masks that its tags demand; of two alike the first by name. */
export function columnMasks(
  policy: CompiledPolicy,
  request: DecisionRequest,
  touched: Touched,
): readonly ColumnMask[] {
  return touched.columns.flatMap((read) => {
    if (policy.document.unclassified === 'mask' && unclassified(policy, read)) {
      return [maskOf(read.column, 'nullify', 'unclassified')];
    }
    const [strictest] = masksOf(policy, read)
      .filter((mask) => appliesTo(mask.source, request.principal, request.agent))
      .toSorted(
        (a, b) =>
          policy.strictness(a.source.with) - policy.strictness(b.source.with) ||
          (a.source.name < b.source.name ? -1 : 1),
      );
    if (strictest === undefined) return [];
    return [maskOf(read.column, strictest.source.with, strictest.source.name)];
  });
}

export function masksOf(policy: CompiledPolicy, { tags }: ReadColumn): readonly CompiledMask[] {
  return tags.flatMap((tag) => policy.masksByTag.get(tag) ?? []);
}

const maskOf = ({ table, path }: ColumnSource, name: ColumnMask['with'], rule: string): ColumnMask => ({
  table,
  path,
  with: name,
  rule,
});
