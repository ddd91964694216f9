import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { systemCode } from '../../../call/system-code.ts';
import { GuardError } from '../../../errors.ts';
import { canonicalText, sha256 } from '../canonical.ts';

export interface SigningOptions {
  /**
   * The Ed25519 private key. Without one, a key is made beside the file (`.key`, mode 0600; the public part
   * in `.pub`): it shows later changes by those who cannot read it, and holds against nobody who can.
   */
  readonly key?: KeyObject | string;
  /** A head after so many events; 1,000. */
  readonly every?: number;
}

/** Signs what stands beside a chain. */
export class Signer {
  /** SHA-256, hex, of the public key in DER form. */
  readonly key: string;
  readonly #private: KeyObject;

  static async open(path: string, given: KeyObject | string | undefined): Promise<Signer> {
    return new Signer(given === undefined ? await keyBeside(path) : privateKeyOf(given));
  }

  constructor(key: KeyObject) {
    this.key = keyName(createPublicKey(key));
    this.#private = key;
  }

  /** One line: the RFC 8785 JSON of the statement with the key's name and the signature over all the rest. */
  line(statement: object): string {
    const named = { ...statement, key: this.key };
    const signature = sign(null, Buffer.from(canonicalText(named)), this.#private).toString('base64');
    return canonicalText({ ...named, signature });
  }
}

export function keyName(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: 'spki', format: 'der' }));
}

/** @throws {GuardError} ERR_CONFIG when it is no Ed25519 private key. */
export function privateKeyOf(given: KeyObject | string): KeyObject {
  const key = typeof given === 'string' ? parsedKey(given) : given;
  if (key.type === 'private' && key.asymmetricKeyType === 'ed25519') return key;
  throw noKey();
}

function parsedKey(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw noKey(cause);
  }
}

function noKey(cause?: unknown): GuardError {
  return new GuardError(
    'ERR_CONFIG',
    'The key that signs the audit record is no Ed25519 private key in PEM form. Make one with: openssl genpkey -algorithm ed25519',
    { cause, reasons: [{ rule: 'audit.signing', message: 'no Ed25519 private key' }] },
  );
}

async function keyBeside(path: string): Promise<KeyObject> {
  const kept = await readFile(`${path}.key`, 'utf8').catch(absent);
  return kept === undefined ? generateKey(path) : privateKeyOf(kept);
}

function absent(error: unknown): undefined {
  if (systemCode(error) !== 'ENOENT') throw error;
}

async function generateKey(path: string): Promise<KeyObject> {
  const { privateKey: key, publicKey } = generateKeyPairSync('ed25519');
  await writeFile(`${path}.key`, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  await writeFile(`${path}.pub`, publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o644 });
  return key;
}
