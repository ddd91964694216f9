import type { Call } from '../../call/call.ts';
import { contextKey, type Context, type ContextKey } from '../../call/context.ts';
import type { Handler } from '../../call/compose.ts';
import { queryRequest } from '../../call/query-request.ts';
import { GuardError } from '../../errors.ts';
import { decisionKey } from '../policy/decision.ts';
import { visibleTablesKey } from '../policy/visible-tables.ts';
import { sentDigest } from './request-parts.ts';

/** The approval that was spent on this call. */
export interface Approved {
  readonly id: string;
  readonly requestHash: string;
  /** What it was spent on, as `sentDigest` has it, and its SQL. */
  readonly sent: string;
  readonly sql: string | undefined;
}

/** Where the approval middleware leaves what it spent, for audit and for job labels. */
export const approvedKey: ContextKey<Approved | undefined> = contextKey('spent approval', undefined);

/** What to leave there for a call that goes on. */
export function approvedOf(call: Call, { id, requestHash }: Pick<Approved, 'id' | 'requestHash'>): Approved {
  return { id, requestHash, sent: sentDigest(call), sql: queryRequest(call)?.sql };
}

/**
 * The last look before sending: refuses a call that needs an approval when none was spent on it, because the
 * list of middleware has no `approval`, or has it outside `policy`; and one that a layer between has changed in
 * anything but what masks and limits change.
 */
export function assertApproved(call: Call, context: Context): void {
  const decision = context.get(decisionKey);
  if (decision?.effect !== 'require-approval') return;
  const approved = context.get(approvedKey);
  if (approved === undefined) throw refusal(call, missing, 'no approval middleware');
  const mayRewrite = decision.masks.length > 0 || context.get(visibleTablesKey).length > 0;
  const isSameText = mayRewrite || queryRequest(call)?.sql === approved.sql;
  if (isSameText && sentDigest(call) === approved.sent) return;
  throw refusal(call, changed, 'action_digest_mismatch');
}

const missing =
  'The policy requires an approval, but no approval middleware stands between the policy and BigQuery. Add approval(…) after policy(…).';
const changed =
  'A layer of middleware between the approval and BigQuery changed the call, so it is not what was approved. Nothing was sent. Move that layer outside of policy(…).';

function refusal({ id }: Call, message: string, reason: string): GuardError {
  return new GuardError('ERR_CONFIG', message, {
    callId: id,
    reasons: [{ rule: 'approval', message: reason }],
  });
}

/** Wraps what sends calls, the innermost of all, so that `assertApproved` holds for each. */
export function onlyApproved(send: Handler): Handler {
  return async (call, context) => {
    assertApproved(call, context);
    return send(call, context);
  };
}
