import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Reason } from '../../errors.ts';
import type { CompiledPolicy } from './compile.ts';
import type { DecisionRequest } from './decide.ts';
import { isResultSide } from './mask-choice.ts';
import { maskApplies } from './mask-applies.ts';

/**
 * The result of a job that this guard did not start is not known by its columns, so it cannot be masked. Whoever
 * has masks does not get it, whatever a rule for jobs allows.
 */
export function foreignResult(policy: CompiledPolicy, call: Call, context: Context): Reason | undefined {
  if (!handsOutResult(call)) return undefined;
  const mask = policy.masks.find((each) => maskApplies(each.source, context));
  if (mask === undefined) return undefined;
  return {
    rule: mask.source.name,
    message:
      'Columns are masked for you, and the result of a job that this guard did not start cannot be masked.',
  };
}

/**
 * Columns that are masked in the rows of an answer lie unmasked in its anonymous table. That one is read row by row, by
 * whom it belongs to, and in no other way.
 */
export function anonymousResult({ masks }: CompiledPolicy, request: DecisionRequest): Reason | undefined {
  const mask = masks.find(({ source }) => isResultSide(source) && maskApplies(source, request));
  const isRead = request.pairs.some(
    ({ operation, object }) =>
      (operation === 'read' || operation === 'export') &&
      object.kind === 'table' &&
      object.dataset.startsWith('_'),
  );
  if (mask === undefined || !isRead) return undefined;
  const message = 'Columns are masked for you in the rows of answers, so their hidden tables cannot be read.';
  return { rule: mask.source.name, message };
}

/** Anonymous results lie in hidden datasets, whose names begin with an underscore. */
function handsOutResult({ operation, ids }: Call): boolean {
  if (operation === 'jobs.getQueryResults') return true;
  return operation === 'tabledata.list' && ids.datasetId?.startsWith('_') === true;
}
