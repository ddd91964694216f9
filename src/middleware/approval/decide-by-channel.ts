import { refused } from './approval-event.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord, Vote } from './approval-record.ts';
import type { ChannelAnswer, ChannelDecision } from './channel.ts';
import { findPerson } from './entitlement.ts';

/** A decision that a channel vouches for. The same rules hold as for a signed one. */
export async function decideByChannel(
  channel: string,
  record: ApprovalRecord,
  { verdict, person: id, comment }: ChannelDecision,
  { desk, people, now }: Pick<ApprovalParts, 'desk' | 'people' | 'now'>,
): Promise<ChannelAnswer> {
  const person = findPerson(people, id);
  const vote: Vote = {
    person: person.id,
    verdict,
    at: now().toISOString(),
    proof: { kind: 'channel', channel },
    ...(comment === undefined ? {} : { comment }),
  };
  const answer = await desk.decide({ id: record.id, requestHash: record.requestHash, person, vote });
  if (answer.kind === 'accepted') return { kind: 'accepted', duplicate: answer.duplicate };
  await desk.write(refused(answer.record, answer.reason, person.id), record.id);
  return { kind: 'refused', reason: answer.reason };
}
