import type { Mask } from './mask.ts';
import { hash, hashOfText, isHash } from './sha256.ts';

/** The same text for RE2 and JavaScript; the labels cannot overlap, so both match in linear time. */
const address = '^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:[.][A-Za-z0-9-]+)+$';

const pattern = new RegExp(address);

/** `XXXXX@domain`; what is not an e-mail address becomes its SHA-256, as at Google. */
export const emailMask: Mask = {
  empties: false,
  replacesNull: false,
  expression: (value) =>
    `IF(REGEXP_CONTAINS(${value}, r'${address}'), CONCAT('XXXXX@', SPLIT(${value}, '@')[SAFE_OFFSET(1)]), ${hashOfText(value)})`,
  cell(value) {
    return pattern.test(value) ? `XXXXX@${value.split('@')[1] ?? ''}` : hash(Buffer.from(value, 'utf8'));
  },
  releases: (cell) => (cell.startsWith('XXXXX@') && pattern.test(cell)) || isHash(cell),
};
