import { contextKey, type Context, type ContextKey } from '../../call/context.ts';
import type { Handler } from '../../call/compose.ts';
import { GuardError } from '../../errors.ts';
import { decisionKey } from '../policy/decision.ts';

/** The approval that was spent on this call. */
export interface Approved {
  readonly id: string;
  readonly requestHash: string;
}

/** Where the approval middleware leaves what it spent, for audit and for job labels. */
export const approvedKey: ContextKey<Approved | undefined> = contextKey('spent approval', undefined);

/**
 * The last look before sending: refuses a call that needs an approval when none was spent on it, because the
 * list of middleware has no `approval`, or has it outside `policy`.
 */
export function assertApproved(callId: string, context: Context): void {
  if (context.get(decisionKey)?.effect !== 'require-approval') return;
  if (context.get(approvedKey) !== undefined) return;
  throw new GuardError(
    'ERR_CONFIG',
    'The policy requires an approval, but no approval middleware stands between the policy and BigQuery. Add approval(…) after policy(…).',
    { callId, reasons: [{ rule: 'approval', message: 'no approval middleware' }] },
  );
}

/** Wraps what sends calls, the innermost of all, so that `assertApproved` holds for each. */
export function onlyApproved(send: Handler): Handler {
  return async (call, context) => {
    assertApproved(call.id, context);
    return send(call, context);
  };
}
