import type { OperationClass } from '../../call/operations.ts';
import type { AccessObject } from './access.ts';
import type { CompiledPolicy } from './compile.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { decideWithEngines, type Policy } from './engine.ts';
import type { Asker } from './gate-catalog.ts';
import type { TraitsSource } from './traits.ts';

/** What a principal may do with one object, whatever a query of it would cost. */
export interface Permission {
  /**
   * Whether the principal may know of a dataset, table, model or routine: it may read it, even if only after approval,
   * or a rule for `metadata` opens it. The hidden datasets of anonymous results are nobody's to know.
   */
  mayKnow(object: AccessObject, traits?: TraitsSource): Promise<boolean>;
  /** Whether a rule allows the operation without asking anybody; `method` stands for it in rules that name methods. */
  allows(operation: OperationClass, method: string, object: AccessObject): Promise<boolean>;
}

export function permissionOf(
  policy: CompiledPolicy,
  asker: Asker,
  method: string,
  engines: readonly Policy[] = [],
): Permission {
  const effectOf = async (
    operation: OperationClass,
    named: string,
    object: AccessObject,
    traits: TraitsSource,
  ): Promise<Decision['effect']> => {
    const pairs = [{ operation, method: named, object }] as const;
    const request = { ...asker, ...traits, pairs, columns: [], costless: true } as const;
    const decision = await decideWithEngines(policy, engines, request, decide(policy, request));
    return decision.effect;
  };
  return {
    async mayKnow(object, traits = {}) {
      if ('dataset' in object && object.dataset.startsWith('_')) return false;
      return (await effectOf('metadata', method, object, traits)) !== 'deny';
    },
    allows: async (operation, named, object) => (await effectOf(operation, named, object, {})) === 'allow',
  };
}
