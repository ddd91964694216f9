import type { AccessObject } from './access.ts';
import type { CompiledPolicy } from './compile.ts';
import { decide } from './decide.ts';
import { decideWithEngines, type Policy } from './engine.ts';
import type { Asker } from './gate-catalog.ts';
import type { TraitsSource } from './traits.ts';

/** Tells of which datasets, tables, models and routines a principal may know that they are there. */
export type MayKnow = (object: AccessObject, traits?: TraitsSource) => Promise<boolean>;

/**
 * A principal may know of what it may read, even if only after approval, and of what a rule for `metadata` opens. Rules
 * over the cost of a query do not count here. The hidden datasets of anonymous results are nobody's to know.
 */
export function knowledge(
  policy: CompiledPolicy,
  asker: Asker,
  method: string,
  engines: readonly Policy[] = [],
): MayKnow {
  return async (object, traits = {}) => {
    if ('dataset' in object && object.dataset.startsWith('_')) return false;
    const pairs = [{ operation: 'metadata', method, object }] as const;
    const request = { ...asker, ...traits, pairs, columns: [], pending: 'cost' } as const;
    const decision = await decideWithEngines(policy, engines, request, decide(policy, request));
    return decision.effect !== 'deny';
  };
}
