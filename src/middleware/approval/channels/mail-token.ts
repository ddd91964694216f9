import { createHmac, timingSafeEqual } from 'node:crypto';
import { isJsonObject, readJson } from '../../../call/json.ts';

/** What a link in a mail stands for: one person, one request of one content. */
export interface MailToken {
  readonly id: string;
  readonly requestHash: string;
  readonly person: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** `payload.signature`, both base64url; HMAC-SHA256 by the first of the secrets. */
export function makeMailToken(token: MailToken, [secret]: readonly [Buffer, ...Buffer[]]): string {
  const payload = Buffer.from(JSON.stringify(token)).toString('base64url');
  return `${payload}.${sign(payload, secret).toString('base64url')}`;
}

/** `undefined` for a link that we did not make, or not so. */
export function readMailToken(text: string, secrets: readonly Buffer[]): MailToken | undefined {
  const [, payload = '', signature = ''] = /^([\w-]{1,2000})\.([\w-]{43})$/.exec(text) ?? [];
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== 32 || given.toString('base64url') !== signature) return undefined;
  // No early end: the time must not tell which of several secrets fits.
  if (secrets.filter((secret) => timingSafeEqual(sign(payload, secret), given)).length === 0)
    return undefined;
  const token = readJson(Buffer.from(payload, 'base64url').toString());
  if (!isJsonObject(token)) return undefined;
  const { id, requestHash, person, expiresAt } = token;
  if (typeof id !== 'string' || typeof requestHash !== 'string') return undefined;
  if (typeof person !== 'string' || typeof expiresAt !== 'number') return undefined;
  return { id, requestHash, person, expiresAt };
}

/** The purpose is part of what is signed, so that nothing else signed with the secret can pass for a link. */
function sign(payload: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(`bigquery-guard.mail.v1.${payload}`).digest();
}
