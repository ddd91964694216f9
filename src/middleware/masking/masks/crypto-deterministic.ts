import type { KeyVersions } from '../keys/mask-keys.ts';
import type { AppliedMask, MaskChoice } from '../../policy/mask-choice.ts';
import { decrypt, encrypt } from './deterministic.ts';
import type { Mask } from './mask.ts';
import { textLiteral } from './text-literal.ts';

type Choice = Extract<MaskChoice, { readonly with: 'cryptoDeterministic' }>;

/** AES-SIV, which keeps equal values equal and can be turned back; of a STRING in base64. */
export function cryptoDeterministic(
  { surrogate, keyAtSource }: Extract<AppliedMask, Choice>,
  versions: () => KeyVersions,
): Mask {
  return {
    empties: false,
    replacesNull: false,
    expression(value, type) {
      if (keyAtSource?.kind !== 'kms') return `CAST(NULL AS ${type})`;
      const keyset = `KEYS.KEYSET_CHAIN(${textLiteral(keyAtSource.resource)}, ${bytesLiteral(keyAtSource.keyset)})`;
      const isBytes = type.startsWith('BYTES');
      const token = `DETERMINISTIC_ENCRYPT(${keyset}, ${value}, ${isBytes ? "b''" : "''"})`;
      if (isBytes) return token;
      const text = `TO_BASE64(${token})`;
      if (surrogate === undefined) return text;
      return `CONCAT(${textLiteral(`${surrogate}(`)}, CAST(CHAR_LENGTH(${text}) AS STRING), '):', ${text})`;
    },
    cell(value, type) {
      const plain = Buffer.from(value, type === 'BYTES' ? 'base64' : 'utf8');
      return withSurrogate(surrogate, encrypt(versions()[0], plain).toString('base64'));
    },
    // Nobody without the key can make a token that turns back.
    releases: (cell) => deterministicOriginal(cell, surrogate, versions()) !== undefined,
  };
}

/** As Sensitive Data Protection writes a token into text: `MAIL(44):…`. */
function withSurrogate(surrogate: string | undefined, token: string): string {
  return surrogate === undefined ? token : `${surrogate}(${token.length}):${token}`;
}

/** The value behind a token; `undefined` for what is no token of this mask. */
export function deterministicOriginal(
  text: string,
  surrogate: string | undefined,
  versions: KeyVersions,
): Buffer | undefined {
  const token = surrogate === undefined ? text : text.slice(text.indexOf(':') + 1);
  if (withSurrogate(surrogate, token) !== text) return undefined;
  const bytes = Buffer.from(token, 'base64');
  return bytes.toString('base64') === token ? decrypt(versions, bytes) : undefined;
}

function bytesLiteral(base64: string): string {
  const hex = Buffer.from(base64, 'base64').toString('hex');
  return `b'${hex.replace(/../g, '\\x$&')}'`;
}
