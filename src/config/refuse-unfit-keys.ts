import { GuardError } from '../errors.ts';
import { deterministicKeyBytes, type MaskKeys } from '../middleware/masking/index.ts';
import type { GuardFile } from './guard-file.ts';

/** AES-SIV takes keys of one size, which is known once they are read. */
export function refuseUnfitKeys({ masks }: GuardFile, keys: MaskKeys): void {
  for (const mask of masks) {
    if (mask.with !== 'cryptoDeterministic') continue;
    const sizes = keys.get(mask.key)?.map(({ secret }) => secret.symmetricKeySize) ?? [];
    if (sizes.every((size) => size === deterministicKeyBytes)) continue;
    throw new GuardError(
      'ERR_CONFIG',
      `Mask ${mask.name}: cryptoDeterministic needs a key of ${deterministicKeyBytes} bytes, and a version of ${mask.key} has others. Make one by openssl rand -base64 ${deterministicKeyBytes}, or use nullify.`,
    );
  }
}
