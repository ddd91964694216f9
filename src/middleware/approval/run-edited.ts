import type { Call } from '../../call/call.ts';
import { isJsonObject } from '../../call/json.ts';
import { withQuerySettings } from '../../call/query-request.ts';
import type { Result } from '../../call/result.ts';
import { GuardError } from '../../errors.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord, Vote } from './approval-record.ts';
import { draftRecord, subjectOf, type Asking, type Subject } from './subject.ts';
import { reconsiderKey, type Reconsidered } from './evidence.ts';
import { findPerson } from './entitlement.ts';
import { settled } from './obtain.ts';
import { renderSafely } from './render.ts';

/** The vote by which somebody let another text run. */
export function editIn({ votes }: ApprovalRecord): (Vote & { readonly edit: object }) | undefined {
  const vote = votes.find(({ edit }) => edit !== undefined);
  return vote?.edit === undefined ? undefined : { ...vote, edit: vote.edit };
}

/** What runs in place of the call, and the approval that it is spent on; none where the policy asks for none. */
export interface Edited {
  readonly asking: Asking;
  readonly record: ApprovalRecord | undefined;
  readonly again: Reconsidered;
}

/**
 * Makes a request of its own out of an edit: the policy judges the new text, and where it asks for an approval, the
 * editor's vote is the first one on it.
 */
export async function obtainEdited(
  original: ApprovalRecord,
  vote: Vote,
  asking: Asking,
  parts: ApprovalParts,
): Promise<Edited> {
  const { context } = asking;
  const sql = vote.edit?.sql ?? '';
  const call = withQuerySettings(asking.call, { query: sql });
  const again = await reconsidered(original, call, asking, parts);
  const { decision, evidence } = again;
  if (decision.effect === 'deny') {
    await parts.desk.revoke(original.id, 'guard', 'the policy denies the edit');
    throw denied(call, vote, decision.reasons);
  }
  if (decision.effect === 'allow') {
    return { asking: { ...asking, call }, record: undefined, again };
  }
  const subject = await subjectOf({ call, context, decision }, evidence);
  const record = await openEdited(original, vote, subject, parts);
  return { asking: subject, record, again };
}

async function reconsidered(
  original: ApprovalRecord,
  call: Call,
  { context }: Asking,
  { desk }: ApprovalParts,
): Promise<Reconsidered> {
  const reconsider = context.get(reconsiderKey);
  try {
    if (reconsider !== undefined) return await reconsider(call);
  } catch (error) {
    // What was edited into something that cannot be proved does not run.
    await desk.revoke(original.id, 'guard', 'the edit cannot be judged');
    throw error;
  }
  throw new GuardError('ERR_CONFIG', 'An edit needs policy(…) outside of approval(…), which judges it.', {
    callId: call.id,
  });
}

async function openEdited(
  original: ApprovalRecord,
  vote: Vote,
  subject: Subject,
  parts: ApprovalParts,
): Promise<ApprovalRecord> {
  const { desk, people, options, now, store } = parts;
  const { shape } = subject.keys;
  const fresh = draftRecord(subject, {
    now: now(),
    promptShown: options.prompt ?? 'digest',
    currency: options.currency,
    rowCap: options.rowCap?.(subject.context),
    previous: shape === undefined ? undefined : await store.findLastApproved(shape),
    editOf: original.id,
  });
  const { record, opened } = await desk.open(fresh, subject.context);
  const { edit: _edit, ...plain } = vote;
  const { id, requestHash } = record;
  const person = findPerson(people, vote.person);
  const first = await desk.decide({ id, requestHash, person, vote: { ...plain, at: now().toISOString() } });
  const current = first.record ?? record;
  if (current.state === 'approved') return current;
  return settled(current, opened, subject, parts);
}

function denied(call: Call, { person, edit }: Vote, reasons: GuardError['reasons']): GuardError {
  const message = `${person} approved another text in place of the call, but the policy denies that text, so nothing was sent. The text was: ${renderSafely(edit?.sql ?? '')}`;
  return new GuardError('ERR_POLICY_DENIED', message, { callId: call.id, reasons });
}

/** The requester is told what ran: in the answer, beside what BigQuery says. */
export function tellEdit(result: Result, original: ApprovalRecord, { person, comment, edit }: Vote): Result {
  if (!isJsonObject(result.body)) return result;
  const told = { approval: original.id, editedBy: person, sql: edit?.sql ?? '', comment: comment ?? null };
  return { ...result, body: { ...result.body, guard: told } };
}
