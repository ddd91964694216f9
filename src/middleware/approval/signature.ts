import { createHmac, sign as signBytes, timingSafeEqual, verify as verifyBytes } from 'node:crypto';
import type { SigningKey, VerifyingKey } from './keys.ts';

/** A message as Standard Webhooks 1.0.0 signs it: `id.timestamp.body`, over the bytes of the body. */
export interface SignedMessage {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: Uint8Array;
}

/** A type, not an interface, so that `fetch` takes it for headers. */
export type SignatureHeaders = {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
};

/** Several keys give several signatures in one header, so that either side can rotate. */
export function signatureHeaders(message: SignedMessage, keys: readonly SigningKey[]): SignatureHeaders {
  const content = signedContent(message);
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': keys.map((key) => signature(content, key)).join(' '),
  };
}

export function isSignedBy(message: SignedMessage, header: string, key: VerifyingKey): boolean {
  const content = signedContent(message);
  // No early end: the time must not tell which of several signatures fits.
  return readSignatures(header, key.scheme).filter((bytes) => fits(content, bytes, key)).length > 0;
}

/** More signatures than any rotation needs would only cost us time. */
export const maximumSignatures = 8;

function signature(content: Buffer, key: SigningKey): string {
  if (key.scheme === 'v1') return `v1,${hmac(content, key.secret).toString('base64')}`;
  return `v1a,${signBytes(null, content, key.privateKey).toString('base64')}`;
}

function fits(content: Buffer, bytes: Buffer, key: VerifyingKey): boolean {
  if (key.scheme === 'v1a') return bytes.length === 64 && verifyBytes(null, content, key.publicKey, bytes);
  const expected = hmac(content, key.secret);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

function readSignatures(header: string, scheme: 'v1' | 'v1a'): readonly Buffer[] {
  const prefix = `${scheme},`;
  const parts = header.split(' ').slice(0, maximumSignatures);
  return parts.flatMap((part) => (part.startsWith(prefix) ? readBase64(part.slice(prefix.length)) : []));
}

function readBase64(text: string): readonly Buffer[] {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? [bytes] : [];
}

function signedContent({ id, timestamp, body }: SignedMessage): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
}

function hmac(content: Buffer, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(content).digest();
}
