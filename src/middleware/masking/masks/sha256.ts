import { createHash } from 'node:crypto';
import type { Mask } from './mask.ts';

/** SHA-256, base64 for STRING; the same value gives the same hash, so it joins – and can be guessed. */
export const sha256: Mask = {
  empties: false,
  replacesNull: false,
  expression: (value, type) => (type.startsWith('BYTES') ? `SHA256(${value})` : hashOfText(value)),
  cell: (value, type) =>
    type === 'BYTES' ? hash(Buffer.from(value, 'base64')) : hash(Buffer.from(value, 'utf8')),
  releases: isHash,
};

/** 32 bytes in base64. */
export function isHash(cell: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(cell);
}

export const hashOfText = (value: string): string => `TO_BASE64(SHA256(${value}))`;

export function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
