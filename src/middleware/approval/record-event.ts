import { auditRecord, flushRecord, record } from '../audit/index.ts';
import type { ApprovalEvent, RecordApproval } from './approval-event.ts';

/**
 * The one place where approval meets the audit: the event joins the record of the call that asked and is
 * durable before anything follows from it. Events that belong to no call of this process (a decision that
 * comes after a restart, a forged callback) go to `apart`.
 */
export function recordEvents(apart: ((event: ApprovalEvent) => Promise<void>) | undefined): RecordApproval {
  return async (event, context) => {
    if (context?.get(auditRecord) === undefined) {
      await apart?.(event);
      return;
    }
    await record(context, event);
    await flushRecord(context);
  };
}
