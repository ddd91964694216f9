import type { EngineResult } from '../../stand-in/engine/engine.ts';
import type { Service } from '../service.ts';

/**
 * How far a dry run can be trusted: pruning by clusters is not foreseen, so it tells the most there
 * (https://cloud.google.com/bigquery/docs/clustered-tables); what a script reads depends on how it runs.
 */
export async function accuracyOf(
  { engine }: Service,
  { statementType, referencedTables }: Pick<EngineResult, 'statementType' | 'referencedTables'>,
): Promise<'PRECISE' | 'UPPER_BOUND' | 'UNKNOWN'> {
  if (statementType === 'SCRIPT') return 'UNKNOWN';
  // A canned answer may name a table that is not there.
  const tables = await Promise.all(referencedTables.map((id) => engine.getTable(id).catch(() => undefined)));
  return tables.some((table) => table?.clustering !== undefined) ? 'UPPER_BOUND' : 'PRECISE';
}
