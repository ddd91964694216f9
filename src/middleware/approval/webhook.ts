import { setTimeout as sleep } from 'node:timers/promises';
import pRetry, { AbortError } from 'p-retry';
import type { Resolve } from './address.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import type { ApprovalChannel, ChannelWay } from './channel.ts';
import { fitNotice } from './fit-notice.ts';
import { readSigningKey } from './keys.ts';
import type { ApprovalNotice } from './notice.ts';
import { checkWebhookUrl } from './webhook-url.ts';

export interface WebhookOptions {
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
  /** Milliseconds for one attempt. Default 15 s. */
  readonly timeout?: number;
  /** Milliseconds before the second attempt; doubles, with jitter, up to a minute. Default 1 s. */
  readonly firstRetry?: number;
  /** Ports that may be used besides 443. */
  readonly ports?: readonly number[];
  /** PEM certificates to trust instead of the system's. */
  readonly certificates?: string;
  /** For development: lets the webhook go to this machine, without TLS. */
  readonly allowInsecureLoopback?: boolean;
  /** Lets the webhook go to private networks (10/8, 192.168/16, fc00::/7, …), still over https. */
  readonly allowPrivateAddresses?: boolean;
  /** Name resolution; the default asks the system. */
  readonly resolve?: Resolve;
  readonly now?: () => Date;
}

/**
 * Tells approvers by a signed HTTP request (Standard Webhooks). Attempts go on, under the same `webhook-id`,
 * for as long as somebody waits for the decision; 410 ends them for good.
 *
 * ```ts
 * webhook({ url: 'https://hooks.acme.io/approvals', secrets: ['whsec_…'] })
 * ```
 */
export function webhook(options: WebhookOptions): ApprovalChannel {
  const url = checkWebhookUrl(options);
  const keys = options.secrets.map(readSigningKey);
  const name = options.name ?? 'webhook';
  let gone = false;
  return {
    name,
    async notify(notice, way) {
      const message = { id: `msg_${notice.id}`, body: encode(notice, options) };
      await pRetry(
        async (attempt) => {
          if (gone) throw new AbortError('The receiver answered 410 earlier; the webhook is switched off.');
          const failure = await attemptDelivery({ options, url, keys, message, signal: way.signal });
          if (failure === undefined) return;
          gone ||= failure.gone;
          way.report(failed(notice.id, name, attempt, failure.message));
          if (failure.final) throw new AbortError(failure.error);
          if (failure.wait > 0) await sleep(failure.wait, undefined, { signal: way.signal });
          throw failure.error;
        },
        {
          retries: Number.POSITIVE_INFINITY,
          minTimeout: options.firstRetry ?? 1000,
          maxTimeout: 60_000,
          randomize: true,
          signal: way.signal,
        },
      );
    },
  };
}

function failed(
  id: string,
  channel: string,
  attempt: number,
  message: string,
): Parameters<ChannelWay['report']>[0] {
  return { type: 'approval.delivery.failed', id, channel, attempt, message };
}

function encode(notice: ApprovalNotice, { callbackUrl, link }: WebhookOptions): Buffer {
  const url = typeof callbackUrl === 'function' ? callbackUrl() : callbackUrl;
  const callback = url === undefined ? {} : { callback: { url, type: 'approval.decision' } };
  const data = { ...fitNotice(notice, link?.(notice.id)), ...callback };
  return Buffer.from(JSON.stringify({ type: 'approval.requested', timestamp: notice.requestedAt, data }));
}
