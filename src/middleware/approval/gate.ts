import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Next } from '../../call/middleware.ts';
import type { Result } from '../../call/result.ts';
import { GuardError } from '../../errors.ts';
import { decisionKey } from '../policy/decision.ts';
import { followedJobKey } from '../policy/follow-up.ts';
import { grantText } from './approval-event.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord, Vote } from './approval-record.ts';
import { approvedKey, approvedOf } from './approved.ts';
import { notApproved, revokedWhileRunning, tooManyRows } from './errors.ts';
import { execute } from './execute.ts';
import { obtain } from './obtain.ts';
import { editIn, obtainEdited, tellEdit } from './run-edited.ts';
import { refuseStopped } from './stop.ts';
import { bareSubject, subjectOf, type Asking } from './subject.ts';
import { requesterOf } from './notice.ts';
import { exceedsRows, findGrant, mayHaveGrant } from './use-grant.ts';

/** What is sent in the end, what it was spent on, and the edit that made it so. */
interface Cleared {
  readonly call: Call;
  readonly spent: ApprovalRecord;
  readonly edit?: { readonly original: ApprovalRecord; readonly vote: Vote } | undefined;
}

/** Lets a call pass that the policy allows, and one for which people have to be asked when they have approved. */
export async function gate(call: Call, context: Context, next: Next, parts: ApprovalParts): Promise<Result> {
  await refuseStopped(call, context, parts);
  const decision = context.get(decisionKey);
  if (decision === undefined || decision.effect === 'allow') return follow(call, context, next, parts);
  if (decision.effect === 'deny') {
    const { reasons } = decision;
    throw new GuardError('ERR_POLICY_DENIED', 'The policy denies the call.', { callId: call.id, reasons });
  }
  return run(await clear({ call, context, decision }, parts), context, next, parts);
}

/** The next pages of a result keep to what the grant lets through. */
async function follow(call: Call, context: Context, next: Next, { running }: ApprovalParts): Promise<Result> {
  const result = await next(call);
  const job = context.get(followedJobKey);
  const rows = job === undefined ? undefined : running.rowsOf(job.callId);
  if (exceedsRows(rows, result)) throw tooManyRows(rows, call.id);
  return result;
}

async function clear(asking: Asking, parts: ApprovalParts): Promise<Cleared> {
  // First of all, so that a flood of requests is not a flood of dry runs.
  const { requestHash, keys } = bareSubject(asking);
  if (!(await mayHaveGrant(keys, parts))) {
    await parts.desk.refuseFlood(requestHash, requesterOf(asking.call, asking.context));
  }
  const subject = await subjectOf(asking);
  const record = (await findGrant(subject, parts)) ?? (await obtain(subject, parts));
  const vote = editIn(record);
  if (vote !== undefined) return clearEdited(record, vote, asking, parts);
  const spent = await execute(record, asking, parts);
  if (spent.grant !== undefined) {
    parts.report({ type: 'approval.granted', id: spent.id, grant: grantText(spent.grant) });
  }
  return { call: asking.call, spent };
}

/** What an approver lets run in place of the call; nobody edits what was edited. */
async function clearEdited(
  original: ApprovalRecord,
  vote: Vote,
  asking: Asking,
  parts: ApprovalParts,
): Promise<Cleared> {
  const { id, person } = { id: original.id, person: vote.person };
  parts.report({ type: 'approval.edited', id, person, sql: vote.edit?.sql ?? '' });
  const edited = await obtainEdited(original, vote, asking, parts);
  const spent = edited.record === undefined ? undefined : await execute(edited.record, edited.asking, parts);
  const by = spent?.id ?? asking.call.id;
  const ended = await parts.desk.supersede(original.id, by, asking.context);
  if (spent === undefined && ended?.kind !== 'changed') {
    throw notApproved(ended?.record ?? original, asking.call.id);
  }
  await edited.again.adopt?.();
  return { call: edited.asking.call, spent: spent ?? original, edit: { original, vote } };
}

async function run(
  { call, spent, edit }: Cleared,
  context: Context,
  next: Next,
  { desk, running }: ApprovalParts,
): Promise<Result> {
  context.set(approvedKey, approvedOf(call, spent));
  const started = running.start(spent, call, context);
  try {
    const result = await next(call);
    const job = await running.answered(started, result);
    // What ran is on the record of the call in any case.
    if (job !== undefined) await desk.note(spent.id, { job }).catch(() => undefined);
    if (started.stoppedBy !== undefined) throw revokedWhileRunning(spent, call.id, started.stoppedBy);
    if (exceedsRows(spent.grant?.rows, result)) throw tooManyRows(spent.grant?.rows, call.id);
    return edit === undefined ? result : tellEdit(result, edit.original, edit.vote);
  } catch (error) {
    running.end(spent.id);
    throw error;
  }
}
