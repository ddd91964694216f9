import type { KeyObject } from 'node:crypto';
import type { KeyAtSource } from '../../policy/mask-choice.ts';
import { hmac, hmacExpression } from './hmac.ts';
import type { Mask } from './mask.ts';
import { isHash } from './sha256.ts';
import { textLiteral } from './text-literal.ts';

export interface HashSettings {
  /** Asked for when the first cell is hashed: SQL needs none. */
  readonly key: () => KeyObject;
  readonly keyAtSource: KeyAtSource | undefined;
  /** Hashed before the value. */
  readonly prefix?: string;
}

/** HMAC-SHA-256 of the value, of a STRING in base64. */
export function cryptoHash({ key, keyAtSource, prefix = '' }: HashSettings): Mask {
  return {
    empties: false,
    replacesNull: false,
    expression(value, type) {
      // On the rows of the answer the column is hashed by nobody else: NULL shows nothing if they are missed.
      if (keyAtSource?.kind !== 'pads') return `CAST(NULL AS ${type})`;
      const isBytes = type.startsWith('BYTES');
      const bytes = isBytes ? value : `CAST(${value} AS BYTES)`;
      const hashed = hmacExpression(
        keyAtSource,
        prefix === '' ? bytes : `CAST(${textLiteral(prefix)} AS BYTES), ${bytes}`,
      );
      return isBytes ? hashed : `TO_BASE64(${hashed})`;
    },
    cell: (value, type) =>
      hmac(key(), prefix, type === 'BYTES' ? Buffer.from(value, 'base64') : value).digest('base64'),
    releases: isHash,
  };
}
