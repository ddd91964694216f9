import { createHmac, timingSafeEqual } from 'node:crypto';
import { tolerance } from '../authenticate.ts';

/** When Slack signed the body: seconds since 1970, or why it did not. */
export type SlackSignature =
  | { readonly kind: 'signed'; readonly timestamp: string; readonly signature: string }
  | { readonly kind: 'refused'; readonly reason: 'unsigned' | 'late' | 'unknown_key' };

/** HMAC-SHA256 over `v0:timestamp:body` (api.slack.com/authentication/verifying-requests-from-slack). */
export function verifySlack(
  headers: Headers,
  body: Buffer,
  secrets: readonly string[],
  now: Date,
): SlackSignature {
  const timestamp = headers.get('x-slack-request-timestamp') ?? '';
  const signature = headers.get('x-slack-signature') ?? '';
  if (!/^\d{1,12}$/.test(timestamp) || !/^v0=[\da-f]{64}$/.test(signature)) {
    return { kind: 'refused', reason: 'unsigned' };
  }
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > tolerance)
    return { kind: 'refused', reason: 'late' };
  const given = Buffer.from(signature.slice('v0='.length), 'hex');
  // No early end: the time must not tell which of several secrets fits.
  const fitting = secrets.filter((secret) => timingSafeEqual(hmac(secret, timestamp, body), given));
  if (fitting.length === 0) return { kind: 'refused', reason: 'unknown_key' };
  return { kind: 'signed', timestamp, signature };
}

function hmac(secret: string, timestamp: string, body: Buffer): Buffer {
  return createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
}
