import type { ApprovalRecord } from './approval-record.ts';
import type { Desk } from './desk.ts';
import type { WaitingCalls } from './waiting-calls.ts';

export interface WaitOptions {
  readonly desk: Desk;
  readonly waiting: WaitingCalls;
  readonly now: () => Date;
  /** When to stop at the latest. */
  readonly until: Date;
  readonly signal: AbortSignal;
  /** What went wrong meanwhile, so that waiting is of no use. */
  readonly fault?: () => unknown;
}

/** The record once it is no longer pending, or as it is at the end of the wait. */
export async function waitForDecision(record: ApprovalRecord, options: WaitOptions): Promise<ApprovalRecord> {
  const { desk, waiting, now, until, signal, fault } = options;
  for (;;) {
    const wake = waiting.watch(record.id, until.getTime() - now().getTime(), signal);
    try {
      const failure = fault?.();
      if (failure !== undefined) throw failure;
      const current = await desk.read(record.id);
      if (current === undefined) throw new Error('The store has lost the approval request.');
      if (current.state !== 'pending' || now().getTime() >= until.getTime()) return current;
      await wake.woken;
    } finally {
      wake.stop();
    }
  }
}
