import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import type { Edit, GrantTerms, Verdict } from './approval-record.ts';
import { readExtras } from './vote-extras.ts';

/** What an approver signs and sends: which request, of which content, and the verdict. */
export interface DecisionMessage {
  readonly type: 'approval.decision';
  readonly id: string;
  readonly requestHash: string;
  readonly verdict: Verdict;
  readonly comment?: string;
  /** What shall run in place of the statement. */
  readonly edit?: Edit | undefined;
  /** For how much more than one execution the approval shall stand. */
  readonly grant?: GrantTerms | undefined;
  /** An emergency: the person lets the call run alone. Needs a comment. */
  readonly breakGlass?: true | undefined;
}

/** Asks for the whole request when the message was cut; signed in the same way. */
export interface ReadMessage {
  readonly type: 'approval.read';
  readonly id: string;
}

/** Asks what there is to decide, and what was approved and is not spent. */
export interface ListMessage {
  readonly type: 'approval.list';
}

/** Takes back a request or an approval, or cancels the job that runs on it. */
export interface RevokeMessage {
  readonly type: 'approval.revoke';
  readonly id: string;
  readonly reason: string;
}

export type ApproverMessage = DecisionMessage | ReadMessage | ListMessage | RevokeMessage;

const maximumComment = 2000;
const decisionFields = new Set([
  'type',
  'id',
  'requestHash',
  'verdict',
  'comment',
  'edit',
  'grant',
  'breakGlass',
]);
const readFields = new Set(['type', 'id']);
const listFields = new Set(['type']);
const revokeFields = new Set(['type', 'id', 'reason']);

/** `undefined` for anything that is not exactly one of the messages. */
export function readApproverMessage(value: Json | undefined): ApproverMessage | undefined {
  if (!isJsonObject(value)) return undefined;
  const { type, id, requestHash, verdict, comment } = value;
  if (type === 'approval.list') return onlyHas(value, listFields) ? { type } : undefined;
  if (typeof id !== 'string') return undefined;
  if (type === 'approval.read') return onlyHas(value, readFields) ? { type, id } : undefined;
  if (type === 'approval.revoke') return readRevoke(value, id);
  if (type !== 'approval.decision' || typeof requestHash !== 'string') return undefined;
  if (!onlyHas(value, decisionFields)) return undefined;
  if (verdict !== 'approve' && verdict !== 'reject') return undefined;
  const extras = readExtras(value);
  if (extras === undefined) return undefined;
  if (comment === undefined) return { type, id, requestHash, verdict, ...extras };
  if (typeof comment !== 'string' || comment.length > maximumComment) return undefined;
  return { type, id, requestHash, verdict, comment, ...extras };
}

function readRevoke(value: JsonObject, id: string): RevokeMessage | undefined {
  const { reason } = value;
  if (!onlyHas(value, revokeFields) || typeof reason !== 'string') return undefined;
  return reason.trim() === '' || reason.length > maximumComment
    ? undefined
    : { type: 'approval.revoke', id, reason };
}

function onlyHas(value: object, fields: ReadonlySet<string>): boolean {
  return Object.keys(value).every((name) => fields.has(name));
}
