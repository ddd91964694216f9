import { isJsonObject, readJson } from '../../../call/json.ts';
import { readSigningKey } from '../../approval/keys.ts';
import { signatureHeaders } from '../../approval/signature.ts';
import { postLot } from './post-lot.ts';
import type { AuditSink, RecordedEvent } from './sink.ts';

export interface HttpSinkOptions {
  readonly url: string;
  readonly name?: string;
  /** What the requests are signed with (Standard Webhooks): `whsec_…` for `v1`, `whsk_…` for `v1a`. Two while one is replaced. */
  readonly secrets?: readonly string[];
  /** E.g. `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * `status`: any 2xx answer means that the events were taken. `hash`: the answer must also be JSON with the hash of the last
   * one, `{ "lastHash": "…" }`, so that a receiver in between that drops what it confirms does not go unnoticed. Default `status`.
   */
  readonly confirm?: 'status' | 'hash';
  readonly now?: () => Date;
}

/**
 * Posts lots of events, one line of JSON each (`application/x-ndjson`), signed. The `webhook-id` of a lot that is sent again is
 * the same.
 *
 * ```ts
 * httpSink({ url: 'https://siem.acme.io/bigquery-guard', secrets: ['whsec_…'] })
 * ```
 */
export function httpSink({
  url,
  name = 'http',
  secrets = [],
  headers = {},
  confirm = 'status',
  now = () => new Date(),
}: HttpSinkOptions): AuditSink {
  const keys = secrets.map(readSigningKey);
  return {
    name,
    async send(events, signal) {
      const body = events.map(({ line }) => `${line}\n`).join('');
      const message = {
        id: `audit_${lastHash(events)}`,
        timestamp: Math.floor(now().getTime() / 1000),
        body: Buffer.from(body),
      };
      const signed = keys.length === 0 ? { 'webhook-id': message.id } : signatureHeaders(message, keys);
      const text = await postLot({
        url,
        headers: { ...headers, ...signed, 'content-type': 'application/x-ndjson' },
        body,
        signal,
      });
      if (confirm === 'hash' && confirmedHash(text) !== lastHash(events))
        throw new Error('The receiver did not confirm the last event by its hash.');
      return [];
    },
  };
}

const lastHash = (events: readonly RecordedEvent[]): string => events.at(-1)?.event.hash ?? '';

function confirmedHash(text: string): unknown {
  const answer = readJson(text);
  return isJsonObject(answer) ? answer['lastHash'] : undefined;
}
