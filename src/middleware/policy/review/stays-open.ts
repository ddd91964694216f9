import type { CompiledRule } from '../compile.ts';

/**
 * Whoever may read something may ask what touches nothing, and what there is; a rule that names objects does not close
 * that.
 */
export function staysOpen({ source }: CompiledRule): boolean {
  const { effect, operations, mode } = source;
  if (effect === 'deny' || mode === 'monitor') return false;
  return operations === undefined || !operations.every((each) => closed.has(each));
}

const closed = new Set(['write', 'ddl', 'export', 'admin', 'job', 'detokenize']);
