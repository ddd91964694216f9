import { answer } from './answer.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord, SignatureProof, TokenProof } from './approval-record.ts';
import type { ApproverMessage, DecisionMessage, RevokeMessage } from './decision-message.ts';
import { whyMayNotRead } from './entitlement.ts';
import { noticeNow } from './notice.ts';
import type { KnownPerson } from './people.ts';
import type { RefusalLog } from './refusal-log.ts';
import { withdraw } from './stop.ts';
import type { Refusal } from './transition.ts';

export interface Sender {
  readonly person: KnownPerson;
  readonly proof: SignatureProof | TokenProof;
}

/** Does what somebody asks whose message is signed. The rules say for each request whether the person may. */
export async function answerMessage(
  message: ApproverMessage,
  sender: Sender,
  parts: ApprovalParts,
  refusals: RefusalLog,
): Promise<Response> {
  if (message.type === 'approval.list') return listFor(sender.person, parts);
  if (message.type === 'approval.decision') return decide(message, sender, parts, refusals);
  const { person } = sender;
  const record = await parts.desk.read(message.id);
  const reason = record === undefined ? 'unknown_request' : whyMayNot(record, person, parts);
  if (record === undefined || reason !== undefined) {
    return refuse(reason ?? 'unknown_request', record, person, refusals);
  }
  if (message.type === 'approval.revoke') return revoke(message, person, parts);
  return answer(200, { id: record.id, state: record.state, request: noticeNow(record) });
}

async function decide(
  { id, requestHash, type: _type, ...said }: DecisionMessage,
  { person, proof }: Sender,
  { desk, now, report }: ApprovalParts,
  refusals: RefusalLog,
): Promise<Response> {
  const vote = { person: person.id, ...said, at: now().toISOString(), proof };
  const decided = await desk.decide({ id, requestHash, person, vote });
  if (decided.kind === 'refused') return refuse(decided.reason, decided.record, person, refusals);
  const { record, duplicate } = decided;
  if (!duplicate) report({ type: 'approval.voted', id, person: person.id, verdict: said.verdict });
  return answer(200, { id, state: record.state, duplicate });
}

async function revoke(
  { id, reason }: RevokeMessage,
  person: KnownPerson,
  parts: ApprovalParts,
): Promise<Response> {
  const withdrawn = await withdraw(id, person.id, reason, parts);
  const record = await parts.desk.read(id);
  return answer(withdrawn ? 200 : 409, { id, state: record?.state, withdrawn });
}

/** The most that an answer lists; who has more to decide decides some of it first. */
const longestList = 100;

async function listFor(person: KnownPerson, parts: ApprovalParts): Promise<Response> {
  const open = await parts.desk.listOpen();
  const theirs = open.filter((record) => whyMayNot(record, person, parts) === undefined);
  return answer(200, {
    requests: theirs.slice(0, longestList).map(summary),
    more: theirs.length > longestList,
  });
}

function summary(record: ApprovalRecord): object {
  const { id, requestHash, state, requestedAt, expiresAt } = record;
  const { operation, statement, requester, needed, approvers } = noticeNow(record);
  return {
    id,
    requestHash,
    state,
    requestedAt,
    expiresAt,
    what: statement?.kind ?? operation,
    principal: requester.principal,
    needed,
    approvers: approvers.slice(0, 20),
  };
}

function whyMayNot(
  record: ApprovalRecord,
  person: KnownPerson,
  { people, now }: ApprovalParts,
): Refusal | undefined {
  return whyMayNotRead(record, person, { people, now: now() });
}

async function refuse(
  reason: Refusal,
  record: ApprovalRecord | undefined,
  person: KnownPerson,
  refusals: RefusalLog,
): Promise<Response> {
  await refusals.known(reason, person.id, record);
  return answer(statuses[reason], { error: reason });
}

const statuses: { readonly [Reason in Refusal]: number } = {
  unknown_request: 404,
  self_approval: 403,
  not_entitled: 403,
  not_offered: 403,
  not_editable: 403,
  stopped: 403,
  not_their_turn: 409,
  bytes_over_approved: 409,
  comment_required: 422,
  conflicting_decision: 409,
  action_digest_mismatch: 409,
  no_resolution: 409,
  not_terminal_allow: 409,
  expired: 410,
  cancelled: 410,
  revoked: 410,
  already_consumed: 410,
};
