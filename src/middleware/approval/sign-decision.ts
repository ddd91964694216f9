import { newId } from '../../call/new-id.ts';
import type { Edit, GrantTerms, Verdict } from './approval-record.ts';
import type { ApproverMessage, DecisionMessage } from './decision-message.ts';
import { readSigningKey } from './keys.ts';
import { signatureHeaders, type SignatureHeaders } from './signature.ts';

export interface SignDecisionOptions {
  /** The approver's own `whsk_…`; with `callback: 'symmetric'` the person's `whsec_…`. */
  readonly privateKey: string;
  readonly id: string;
  readonly requestHash: string;
  readonly verdict: Verdict;
  readonly comment?: string;
  /** What shall run in place of the statement: a new request, which the policy judges anew. */
  readonly edit?: Edit;
  /** For how much more than one execution the approval shall stand, where the rule offers it. */
  readonly grant?: GrantTerms;
  /** An emergency: the person, whom the rule names for it, lets the call run alone. Needs a comment. */
  readonly breakGlass?: true;
  /** The same over all attempts to deliver one decision. Default: a new one. */
  readonly messageId?: string;
  readonly now?: Date;
}

/** A request to the approval handler, ready to be sent as it is. */
export interface SignedRequest {
  readonly method: 'POST';
  readonly headers: SignatureHeaders & { readonly 'content-type': 'application/json' };
  readonly body: string;
}

/**
 * Signs one person's decision.
 *
 * ```ts
 * await fetch(callbackUrl, signDecision({ privateKey, id, requestHash, verdict: 'approve' }));
 * ```
 */
export function signDecision(options: SignDecisionOptions): SignedRequest {
  const { id, requestHash, verdict, comment, edit, grant, breakGlass } = options;
  const message: DecisionMessage = {
    type: 'approval.decision',
    id,
    requestHash,
    verdict,
    ...(comment !== undefined && { comment }),
    ...(edit !== undefined && { edit }),
    ...(grant !== undefined && { grant }),
    ...(breakGlass !== undefined && { breakGlass }),
  };
  return signMessage(message, options);
}

type Signing = Pick<SignDecisionOptions, 'privateKey' | 'messageId' | 'now'>;

/** Signs the question for the whole request, when the notice was cut. */
export function signRead(options: Signing & { readonly id: string }): SignedRequest {
  return signMessage({ type: 'approval.read', id: options.id }, options);
}

/** Signs the question what there is to decide. */
export function signList(options: Signing): SignedRequest {
  return signMessage({ type: 'approval.list' }, options);
}

/** Signs that a request or an approval is taken back; a job that runs on it is cancelled. */
export function signRevoke(
  options: Signing & { readonly id: string; readonly reason: string },
): SignedRequest {
  return signMessage({ type: 'approval.revoke', id: options.id, reason: options.reason }, options);
}

function signMessage(
  message: ApproverMessage,
  { privateKey, messageId, now = new Date() }: Signing,
): SignedRequest {
  const body = JSON.stringify(message);
  const signed = {
    id: messageId ?? `msg_${newId()}`,
    timestamp: Math.floor(now.getTime() / 1000),
    body: Buffer.from(body),
  };
  const headers = signatureHeaders(signed, [readSigningKey(privateKey)]);
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
}
