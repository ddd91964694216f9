import { refused } from './approval-event.ts';
import type { ApprovalParts } from './approval.ts';
import type { Vote } from './approval-record.ts';
import type { ChannelAnswer, ChannelDecision } from './channel.ts';
import { findPerson } from './entitlement.ts';

/** A decision that a channel vouches for. The same rules hold as for a signed one. */
export async function decideByChannel(
  channel: string,
  { id, requestHash }: { readonly id: string; readonly requestHash: string },
  { verdict, person: name, comment, edit, grant, breakGlass, evidence = {} }: ChannelDecision,
  { desk, people, now, report }: Pick<ApprovalParts, 'desk' | 'people' | 'now' | 'report'>,
): Promise<ChannelAnswer> {
  const person = findPerson(people, name);
  const vote: Vote = {
    person: person.id,
    verdict,
    at: now().toISOString(),
    proof: { ...evidence, kind: 'channel', channel },
    ...(comment !== undefined && { comment }),
    ...(edit !== undefined && { edit }),
    ...(grant !== undefined && { grant }),
    ...(breakGlass !== undefined && { breakGlass }),
  };
  const answer = await desk.decide({ id, requestHash, person, vote });
  if (answer.kind === 'accepted') {
    const { duplicate, record } = answer;
    if (!duplicate) report({ type: 'approval.voted', id, person: person.id, verdict });
    return { kind: 'accepted', duplicate, record };
  }
  const { reason, record } = answer;
  await desk.write(refused(record, reason, person.id), record?.id);
  return { kind: 'refused', reason, record };
}
