import { createHmac, type KeyObject } from 'node:crypto';
import type { Mask } from './mask.ts';
import { isHash } from './sha256.ts';

/**
 * HMAC-SHA-256, base64, of the value after `prefix`. A key object is prepared once: a raw key for each value is ten
 * times slower. There is no SQL for it: the key would stand in the text.
 */
export function keyedHash(key: KeyObject, prefix = ''): Mask {
  return {
    types: ['STRING', 'BYTES'],
    empties: false,
    replacesNull: false,
    expression: (_value, type) => `CAST(NULL AS ${type})`,
    cell: (value, type) =>
      createHmac('sha256', key)
        .update(prefix)
        .update(value, type === 'BYTES' ? 'base64' : 'utf8')
        .digest('base64'),
    releases: isHash,
  };
}
