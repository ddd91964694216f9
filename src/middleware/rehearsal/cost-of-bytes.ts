import type { Facts } from '../../sql/facts.ts';
import { mostBilled } from '../limits/bytes.ts';
import type { Cost } from '../limits/cost.ts';
import { priceOf } from '../limits/price.ts';
import { defaultCost, type CostSettings } from '../limits/rules.ts';

/** What a dry run would say of a query that reads so many bytes. */
export function costOfBytes(
  facts: Facts | undefined,
  bytes: bigint,
  settings: CostSettings = defaultCost,
): Cost {
  const tables = (facts?.tables ?? []).filter(({ kind }) => kind === 'table').map(({ name }) => name);
  const billedBytes = mostBilled(bytes, tables.length);
  return {
    bytes,
    billedBytes,
    price: priceOf(billedBytes, settings),
    referencedTables: tables,
    statementType: facts?.kind,
    undeclaredParameters: [],
    bounded: true,
  };
}
