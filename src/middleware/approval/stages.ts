import type { ApprovalRequirement, ApprovalStage } from '../policy/requirement.ts';
import type { ApprovalRecord } from './approval-record.ts';

type Voted = Pick<ApprovalRecord, 'requirement' | 'votes'>;

export function stagesOf({ approvers, quorum, next = [] }: ApprovalRequirement): readonly ApprovalStage[] {
  return [{ approvers, quorum }, ...next];
}

/** Whose turn it is: the first group of which too few have approved. `undefined` when no group is left. */
export function currentStage(record: Voted): ApprovalStage | undefined {
  return stagesOf(record.requirement)[turnOf(record)];
}

/** The number of the group whose turn it is, from 0; past the last one when all have approved. */
export function turnOf({ requirement, votes }: Voted): number {
  let given = votes.filter(({ verdict }) => verdict === 'approve').length;
  const stages = stagesOf(requirement);
  const turn = stages.findIndex(({ quorum }) => {
    if (given < quorum) return true;
    given -= quorum;
    return false;
  });
  return turn === -1 ? stages.length : turn;
}

/** How many people have to approve yet. */
export function stillNeeded({ requirement, votes }: Voted): number {
  const all = stagesOf(requirement).reduce((sum, { quorum }) => sum + quorum, 0);
  return Math.max(0, all - votes.filter(({ verdict }) => verdict === 'approve').length);
}

/** The ids of everybody who is asked now. */
export function askedNow(record: Voted & Pick<ApprovalRecord, 'escalatedAt'>): readonly string[] {
  const { approvers } = currentStage(record) ?? record.requirement;
  const further = record.escalatedAt === undefined ? [] : (record.requirement.escalation?.approvers ?? []);
  return [...new Set([...approvers, ...further])];
}
