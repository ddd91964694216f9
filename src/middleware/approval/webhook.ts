import { newId } from '../../call/new-id.ts';
import type { ApprovalChannel, PingAnswer } from './channel.ts';
import { attemptRequest, failed, untilDelivered, type AttemptFailure } from './channels/attempts.ts';
import { fitNotice } from './fit-notice.ts';
import { readSigningKey } from './keys.ts';
import type { ApprovalNotice } from './notice.ts';
import { checkOutgoingUrl, type OutgoingOptions } from './outgoing-url.ts';
import { reach } from './reach.ts';
import type { Answer } from './send-pinned.ts';
import { signatureHeaders } from './signature.ts';

export interface WebhookOptions extends OutgoingOptions {
  readonly url: string;
  /**
   * What the requests are signed with: `whsec_…` for a `v1` signature, `whsk_…` for `v1a`. Give old and new
   * while a receiver changes over.
   */
  readonly secrets: readonly [string, ...string[]];
  readonly name?: string;
  /** Where approvers send their decision; goes into the message. A function if it is known only later. */
  readonly callbackUrl?: string | (() => string);
  /** Where the whole request can be read when it was too long for the message. */
  readonly link?: (id: string) => string;
  /** Milliseconds between attempts, each with up to half as much again; the last one repeats. Default 1 s to 24 h. */
  readonly schedule?: readonly number[];
  readonly now?: () => Date;
}

interface Message {
  readonly id: string;
  readonly body: Buffer;
}

const whose = 'the webhook';

/**
 * Tells approvers by a signed HTTP request (Standard Webhooks). Attempts go on, under the same `webhook-id`,
 * until the request is settled; 410 switches the webhook off until a ping is taken.
 *
 * ```ts
 * webhook({ url: 'https://hooks.acme.io/approvals', secrets: ['whsec_…'] })
 * ```
 */
export function webhook(options: WebhookOptions): ApprovalChannel {
  const url = checkOutgoingUrl(options.url, options, whose);
  const keys = options.secrets.map(readSigningKey);
  const now = options.now ?? (() => new Date());
  let gone = false;

  async function send({ id, body }: Message, signal: AbortSignal): Promise<Answer | AttemptFailure> {
    const at = now();
    const timestamp = Math.floor(at.getTime() / 1000);
    const signature = signatureHeaders({ id, timestamp, body }, keys);
    const headers = { 'content-type': 'application/json', ...signature };
    const request = { method: 'POST', headers, body, signal } as const;
    const answer = await attemptRequest(async () => reach(url, request, options, whose), whose, signal, at);
    if ('message' in answer) gone ||= answer.status === 410;
    return answer;
  }

  return {
    name: options.name ?? 'webhook',
    async notify(notice, way) {
      const round = notice.round === undefined ? '' : `_${notice.round}`;
      const message = { id: `msg_${notice.id}${round}`, body: encode(notice, options) };
      const attempt = async (): Promise<AttemptFailure | undefined> => {
        if (gone) return failed('answered 410 earlier and is switched off', whose, true);
        const answer = await send(message, way.signal);
        if (gone) return failed('answered 410 and is switched off', whose, true);
        return 'message' in answer ? answer : undefined;
      };
      await untilDelivered(attempt, way, options.schedule);
    },
    async ping(signal) {
      const challenge = newId();
      const body = { type: 'approval.ping', timestamp: now().toISOString(), data: { challenge } };
      const message = { id: `msg_${challenge}`, body: Buffer.from(JSON.stringify(body)) };
      const answer = await send(message, signal);
      if (!('message' in answer)) gone = false;
      return pingAnswer(answer, challenge);
    },
  };
}

/** A receiver that repeats the challenge shows that it reads what it takes; one that only takes it is fine. */
function pingAnswer(answer: Answer | AttemptFailure, challenge: string): PingAnswer {
  if ('message' in answer) return { ok: false, detail: answer.message };
  const repeated = answer.body.includes(challenge);
  return { ok: true, detail: `answered ${answer.status}${repeated ? ' and repeated the challenge' : ''}` };
}

function encode(notice: ApprovalNotice, { callbackUrl, link }: WebhookOptions): Buffer {
  const url = typeof callbackUrl === 'function' ? callbackUrl() : callbackUrl;
  const callback = url === undefined ? {} : { callback: { url, type: 'approval.decision' } };
  const data = { ...fitNotice(notice, link?.(notice.id)), ...callback };
  return Buffer.from(JSON.stringify({ type: 'approval.requested', timestamp: notice.requestedAt, data }));
}
