import type { KeyObject } from 'node:crypto';
import { aessiv } from '@noble/ciphers/aes.js';
import type { KeyVersions, MaskKey } from '../keys/mask-keys.ts';

/** AES-SIV (RFC 5297) with two AES-256 keys in one, as Tink's AES256_SIV. */
export const deterministicKeyBytes = 64;

const start = 1;
const prefixBytes = 5;
const none = new Uint8Array();

/**
 * What BigQuery's `DETERMINISTIC_ENCRYPT` gives with an empty `additional_data`, which is Tink's format: the byte 1,
 * the id of the key in four bytes, AES-SIV.
 */
export function encrypt({ id, secret }: MaskKey, plain: Buffer): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix[0] = start;
  prefix.writeUInt32BE(id, 1);
  return Buffer.concat([prefix, aessiv(rawOf(secret), none).encrypt(plain)]);
}

/** The value behind a token of any version of the key; `undefined` for what is no such token. */
export function decrypt(versions: KeyVersions, token: Buffer): Buffer | undefined {
  if (token.length < prefixBytes || token[0] !== start) return undefined;
  const id = token.readUInt32BE(1);
  const key = versions.find((each) => each.id === id);
  if (key === undefined) return undefined;
  try {
    return Buffer.from(aessiv(rawOf(key.secret), none).decrypt(token.subarray(prefixBytes)));
  } catch {
    return undefined;
  }
}

const raws = new WeakMap<KeyObject, Buffer>();

function rawOf(secret: KeyObject): Buffer {
  let raw = raws.get(secret);
  if (raw === undefined) raws.set(secret, (raw = secret.export()));
  return raw;
}
