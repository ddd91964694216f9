import type { CatalogTable } from '../../sql/catalog.ts';
import { masksOf } from './column-masks.ts';
import type { CompiledMask, CompiledPolicy } from './compile.ts';
import type { DecisionRequest } from './decide.ts';
import { leafColumns } from './leaf-columns.ts';
import { maskApplies } from './mask-applies.ts';
import { traitsOf, type Traits } from './traits.ts';
import { unclassified } from './unclassified.ts';

/**
 * Whether a table of the call, or one beneath its views, has columns that are masked for the principal. Whether they are
 * read or not: BigQuery counts every column of a table that is changed, so that sizes and plans tell of them.
 */
export function touchesMasked(policy: CompiledPolicy, request: DecisionRequest): boolean {
  const traits = traitsOf(request);
  return (request.tables ?? []).some((table) => {
    const { masks, open } = hiddenIn(policy, table, traits);
    return open || masks.some(({ source }) => maskApplies(source, request));
  });
}

interface Hidden {
  readonly masks: readonly CompiledMask[];
  /** It has columns that nobody has classified, and those are masked. */
  readonly open: boolean;
}

const known = new WeakMap<CompiledPolicy, WeakMap<CatalogTable, Hidden>>();

function hiddenIn(policy: CompiledPolicy, table: CatalogTable, traits: Traits): Hidden {
  // Labels may change while the table stays the same.
  if (policy.tags.byLabel.length > 0) return findHidden(policy, table, traits);
  let tables = known.get(policy);
  if (tables === undefined) known.set(policy, (tables = new WeakMap()));
  let hidden = tables.get(table);
  if (hidden === undefined) tables.set(table, (hidden = findHidden(policy, table, traits)));
  return hidden;
}

function findHidden(policy: CompiledPolicy, table: CatalogTable, traits: Traits): Hidden {
  const columns = leafColumns(table).map((column) => ({
    column,
    tags: policy.tags.ofColumn(column, traits),
  }));
  return {
    masks: [...new Set(columns.flatMap((read) => masksOf(policy, read)))],
    open: policy.document.unclassified === 'mask' && columns.some((read) => unclassified(policy, read)),
  };
}
