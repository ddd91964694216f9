import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** One version of a key. Tokens that can be turned back hold its id, as those of Tink do. */
export interface MaskKey {
  readonly id: number;
  /** Prepared once: a raw key for each value is ten times slower. */
  readonly secret: KeyObject;
}

/** The versions of one key: the first makes tokens, the others only turn theirs back. */
export type KeyVersions = readonly [MaskKey, ...MaskKey[]];

export type MaskKeys = ReadonlyMap<string, KeyVersions>;

/** What one key is used for, so that what one mask shows tells nothing of what another one hides. */
export type KeyPurpose = 'randomHash' | 'dateShift' | 'formatPreserving';

const derived = new WeakMap<KeyObject, Map<KeyPurpose, KeyObject>>();

/** A key of its own for each purpose, by HKDF (RFC 5869). */
export function derivedKey(secret: KeyObject, purpose: KeyPurpose): KeyObject {
  let known = derived.get(secret);
  if (known === undefined) derived.set(secret, (known = new Map()));
  const before = known.get(purpose);
  if (before !== undefined) return before;
  const made = createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'bigquery-guard', purpose, 32)));
  known.set(purpose, made);
  return made;
}
