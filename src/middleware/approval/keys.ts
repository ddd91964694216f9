import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { GuardError } from '../../errors.ts';

/** What a message is signed with: `whsec_…` makes a `v1` signature, `whsk_…` a `v1a` one. */
export type SigningKey =
  | { readonly scheme: 'v1'; readonly secret: Buffer }
  | { readonly scheme: 'v1a'; readonly privateKey: KeyObject };

/** What a signature is checked with. `fingerprint` names the key without giving it away. */
export type VerifyingKey =
  | { readonly scheme: 'v1'; readonly secret: Buffer; readonly fingerprint: string }
  | {
      readonly scheme: 'v1a';
      readonly publicKey: KeyObject;
      readonly fingerprint: string;
      /** `whpk_…` */
      readonly text: string;
    };

export interface ApproverKeys {
  /** `whsk_…`, for the approver alone. */
  readonly privateKey: string;
  /** `whpk_…`, for the list of people. */
  readonly publicKey: string;
}

// RFC 8410: everything in front of the 32 bytes of an Ed25519 key in PKCS#8 and SPKI.
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Makes a pair of keys for one approver in the formats of Standard Webhooks. */
export function generateApproverKeys(): ApproverKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(privatePrefix.length);
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length);
  return {
    privateKey: `whsk_${Buffer.concat([seed, point]).toString('base64')}`,
    publicKey: `whpk_${point.toString('base64')}`,
  };
}

export function readSigningKey(text: string): SigningKey {
  if (text.startsWith('whsec_')) return { scheme: 'v1', secret: readSecret(text) };
  const bytes = decode(text, 'whsk_');
  // 32 bytes of seed, or seed and public key as libsodium writes them.
  if (bytes.length !== 32 && bytes.length !== 64) throw malformed('whsk_');
  const key = Buffer.concat([privatePrefix, bytes.subarray(0, 32)]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  if (bytes.length === 64 && !publicHalf(privateKey).equals(bytes.subarray(32))) throw malformed('whsk_');
  return { scheme: 'v1a', privateKey };
}

export function readVerifyingKey(text: string): VerifyingKey {
  if (text.startsWith('whsec_')) {
    const secret = readSecret(text);
    return { scheme: 'v1', secret, fingerprint: fingerprint(secret) };
  }
  const bytes = decode(text, 'whpk_');
  if (bytes.length !== 32) throw malformed('whpk_');
  const key = Buffer.concat([publicPrefix, bytes]);
  const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
  return { scheme: 'v1a', publicKey, fingerprint: fingerprint(bytes), text };
}

function publicHalf(privateKey: KeyObject): Buffer {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return der.subarray(publicPrefix.length);
}

function readSecret(text: string): Buffer {
  const secret = decode(text, 'whsec_');
  if (secret.length < 24 || secret.length > 64) throw malformed('whsec_');
  return secret;
}

function decode(text: string, prefix: string): Buffer {
  const encoded = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  const bytes = Buffer.from(encoded, 'base64');
  if (encoded === '' || bytes.toString('base64') !== encoded) throw malformed(prefix);
  return bytes;
}

function fingerprint(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Never shows the text: it may be a secret with a typing error. */
function malformed(prefix: string): GuardError {
  const hint = prefix === 'whsec_' ? '24 to 64 bytes' : 'an Ed25519 key';
  return new GuardError('ERR_CONFIG', `An approval key is not ${prefix} followed by ${hint} in base64.`);
}
