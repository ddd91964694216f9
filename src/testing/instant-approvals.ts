import { GuardError } from '../errors.ts';
import type { ApprovalChannel, ApprovalNotice } from '../middleware/approval/index.ts';

export interface InstantApprovalsOptions {
  readonly verdict: 'approve' | 'reject';
  /** Id of the person who is said to have decided; must be one that the policy names. */
  readonly approver: string;
  readonly comment?: string;
}

/** A channel that decides by itself. `notices` holds what the approver was shown. */
export interface InstantApprovals extends ApprovalChannel {
  readonly notices: readonly ApprovalNotice[];
}

/**
 * An approver who always answers the same, at once: for tests of agent code. The rules hold as they do for
 * real people: nobody who is not named by the policy, and nobody who asked, can approve.
 *
 * ```ts
 * approval({ people: [], channels: [instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' })] })
 * ```
 */
export function instantApprovals({ verdict, approver, comment }: InstantApprovalsOptions): InstantApprovals {
  const notices: ApprovalNotice[] = [];
  return {
    name: 'instant',
    notices,
    async notify(notice, way) {
      notices.push(notice);
      const answer = await way.decide({ verdict, person: approver, comment });
      if (answer.kind === 'accepted') return;
      throw new GuardError('ERR_CONFIG', `instantApprovals: ${approver} may not decide (${answer.reason}).`);
    },
  };
}
