import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Reason } from '../../errors.ts';
import type { CompiledPolicy } from './compile.ts';
import { appliesTo } from './select-principal.ts';

/**
 * The result of a job that this guard did not start is not known by its columns, so it cannot be masked. Whoever
 * has masks does not get it, whatever a rule for jobs allows.
 */
export function foreignResult(policy: CompiledPolicy, call: Call, context: Context): Reason | undefined {
  if (!handsOutResult(call)) return undefined;
  const mask = policy.masks.find((each) => appliesTo(each.source, context.principal, context.agent));
  if (mask === undefined) return undefined;
  return {
    rule: mask.source.name,
    message:
      'Columns are masked for you, and the result of a job that this guard did not start cannot be masked.',
  };
}

/** Anonymous results lie in hidden datasets, whose names begin with an underscore. */
function handsOutResult({ operation, ids }: Call): boolean {
  if (operation === 'jobs.getQueryResults') return true;
  return operation === 'tabledata.list' && ids.datasetId?.startsWith('_') === true;
}
