import type { Reason } from '../../errors.ts';
import type { CompiledMask, CompiledPolicy } from './compile.ts';
import { masksOf } from './column-masks.ts';
import type { DecisionRequest } from './decide.ts';
import { maskApplies } from './mask-applies.ts';
import { isTableOf, type Touched } from './touched.ts';

/**
 * Whoever sees masked columns in the clear may not write them where the mask does not follow: anybody who may
 * read the other table or column would see them.
 */
export function launderedBy(
  policy: CompiledPolicy,
  request: DecisionRequest,
  touched: Touched,
  unmasked: boolean,
): Reason | undefined {
  const seesThrough = (mask: CompiledMask): boolean => unmasked || !maskApplies(mask.source, request);
  const found = [...leavingTable(policy, request, touched), ...leavingColumn(policy, request, touched)]
    .filter(seesThrough)
    .map(({ source }) => source.name)
    .toSorted();
  const [rule] = found;
  if (rule === undefined) return undefined;
  return {
    rule,
    message:
      'The call would write columns that are masked for others where they are not. Leave these columns out.',
  };
}

function leavingTable(
  policy: CompiledPolicy,
  { pairs }: DecisionRequest,
  { columns }: Touched,
): readonly CompiledMask[] {
  const written = pairs.flatMap(({ operation, object }) =>
    operation === 'write' || operation === 'ddl' ? [object] : [],
  );
  if (written.length === 0) return [];
  return columns
    .filter(({ column }) => written.some((object) => !isTableOf(object, column)))
    .flatMap((read) => masksOf(policy, read));
}

function leavingColumn(
  policy: CompiledPolicy,
  { writes = [] }: DecisionRequest,
  { traits }: Touched,
): readonly CompiledMask[] {
  return writes.flatMap(({ target, sources }) => {
    const kept = new Set(masksOf(policy, { column: target, tags: policy.tags.ofColumn(target, traits) }));
    return sources
      .flatMap((column) => masksOf(policy, { column, tags: policy.tags.ofColumn(column, traits) }))
      .filter((mask) => !kept.has(mask));
  });
}
