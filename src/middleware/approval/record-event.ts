import type { ApprovalEvent, RecordApproval } from './approval-event.ts';

/**
 * The one place where approval meets the audit. Events that belong to no call of this process (a decision
 * that comes after a restart, a forged callback) go to `apart`.
 */
export function recordEvents(apart: ((event: ApprovalEvent) => Promise<void>) | undefined): RecordApproval {
  return async (event, _context) => {
    await apart?.(event);
  };
}
