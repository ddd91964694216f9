import { fullName } from '../../sql/full-name.ts';
import type { NewEvent } from '../audit/event.ts';
import type { Cost } from './cost.ts';
import type { CostSettings } from './rules.ts';

const largest = BigInt(Number.MAX_SAFE_INTEGER);

/** JSON's numbers end where nothing is billed any more. */
export const countOf = (bytes: bigint): number => Number(bytes > largest ? largest : bytes);

export function estimatedEvent(cost: Cost, settings: CostSettings, cached: boolean): NewEvent {
  return {
    type: 'cost.estimated',
    data: {
      bytes: countOf(cost.bytes),
      billedBytes: countOf(cost.billedBytes),
      bounded: cost.bounded,
      ...(cost.price !== undefined && { price: `${cost.price} ${settings.currency}` }),
      ...(cost.statementType !== undefined && { statementType: cost.statementType }),
      tables: cost.referencedTables.map(fullName),
      cached,
    },
  };
}
