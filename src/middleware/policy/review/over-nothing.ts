import type { CompiledRule } from '../compile.ts';

/** Whoever may read anything may ask what touches nothing, whatever the rule names. */
export function opensQueriesOverNothing({ source }: CompiledRule): boolean {
  const { effect, operations, mode } = source;
  if (effect === 'deny' || mode === 'monitor') return false;
  return operations === undefined || operations.some((each) => each === 'read' || each.startsWith('jobs.'));
}
