import type { Analysis } from '../../../sql/analyse.ts';
import type { Catalog, ObjectName } from '../../../sql/catalog.ts';
import { fullName } from '../../../sql/full-name.ts';
import type { ColumnMask } from '../../policy/decision.ts';
import { padsInCatalog } from './key-pads.ts';

/** The tables that masks read their keys from. */
export function padsTables(masks: readonly ColumnMask[]): readonly ObjectName[] {
  const tables = masks.flatMap(({ keyAtSource }) =>
    keyAtSource?.kind === 'pads' ? [keyAtSource.table] : [],
  );
  return [...new Map(tables.map((table) => [fullName(table), table])).values()];
}

/** A masked text names tables that its caller's catalog denies: their columns are known without asking. */
export function withPads(analysis: Analysis, masks: readonly ColumnMask[]): Analysis {
  const tables = new Map(padsTables(masks).map((name) => [fullName(name), padsInCatalog(name)]));
  if (tables.size === 0) return analysis;
  const { catalog } = analysis.options;
  const known: Catalog = {
    table: async (name, signal) => tables.get(fullName(name)) ?? catalog.table(name, signal),
    routine: (name, signal) => catalog.routine(name, signal),
  };
  return { ...analysis, options: { ...analysis.options, catalog: known } };
}
