import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { canonicalText } from '../canonical.ts';
import { keyName } from '../file/signer.ts';

/** What stands beside a chain and is signed: heads, and entries of the manifest. */
export interface Signed {
  readonly key: string;
  readonly signature: string;
}

/** Why a signature does not hold; undefined when it does. */
export function signatureFault(signed: Signed, key: KeyObject | undefined): string | undefined {
  if (key === undefined) return 'there is no key to check it with';
  if (signed.key !== keyName(key)) return 'was signed with another key';
  return isSigned(signed, key) ? undefined : 'the signature is wrong';
}

function isSigned({ signature, ...rest }: Signed, key: KeyObject): boolean {
  return verify(null, Buffer.from(canonicalText(rest)), key, Buffer.from(signature, 'base64'));
}

/** The public key that a chain was given when it was begun without one. */
export async function keyBeside(path: string): Promise<KeyObject | undefined> {
  try {
    return createPublicKey(await readFile(`${path}.pub`, 'utf8'));
  } catch {
    return undefined;
  }
}
