import type { CatalogTable } from '../../sql/catalog.ts';
import type { ColumnSource } from '../../sql/facts.ts';
import { tablePair } from './access.ts';
import type { CompiledPolicy } from './compile.ts';
import { consider } from './decide.ts';
import type { Asker } from './gate-catalog.ts';
import { leafColumns } from './leaf-columns.ts';
import { appliesTo } from './select-principal.ts';
import type { TraitsSource } from './traits.ts';

/** Columns of a known table that a rule closes to the principal for reading and for knowing of them. */
export function hiddenColumns(
  policy: CompiledPolicy,
  asker: Asker,
  table: CatalogTable,
  traits: TraitsSource,
): readonly ColumnSource[] {
  if (!hidesColumns(policy, asker)) return [];
  return leafColumns(table).filter((column) =>
    (['read', 'metadata'] as const).every((operation) => {
      const pairs = [tablePair(operation, 'tables.get', table.name)];
      const request = {
        ...asker,
        ...traits,
        tables: [table],
        pairs,
        columns: [column],
        costless: true,
      } as const;
      const { decision } = consider(policy, request);
      return decision.effect === 'deny' && decision.rules.length > 0;
    }),
  );
}

/** Whether some rule closes columns for what they carry, so that not all of a known table may be known. */
export function hidesColumns({ document }: CompiledPolicy, { principal, agent }: Asker): boolean {
  return document.rules.some(
    (rule) =>
      rule.effect === 'deny' &&
      rule.mode !== 'monitor' &&
      appliesTo(rule, principal, agent) &&
      closesKnowing(rule.operations) &&
      (rule.tags ?? []).some((tag) => {
        const { columns = [], policyTags = [] } = document.tags[tag] ?? {};
        return columns.length + policyTags.length > 0;
      }),
  );
}

/** A rule that only closes reading leaves the column known. */
function closesKnowing(operations: readonly string[] | undefined): boolean {
  return operations === undefined || operations.includes('metadata') || operations.includes('tables.get');
}
