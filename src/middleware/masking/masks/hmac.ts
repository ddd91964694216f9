import { createHmac, type Hmac, type KeyObject } from 'node:crypto';
import type { KeyAtSource } from '../../policy/mask-choice.ts';
import { textLiteral } from './text-literal.ts';

/** HMAC-SHA-256 (RFC 2104). A key object is prepared once: a raw key for each value is ten times slower. */
export function hmac(key: KeyObject, ...parts: readonly (string | Buffer)[]): Hmac {
  const hash = createHmac('sha256', key);
  // Nothing is what most values have in front of them, and costs as much as something.
  for (const part of parts) if (part.length > 0) hash.update(part);
  return hash;
}

/** The same as GoogleSQL over an expression of type BYTES, with both paddings of the key read where they lie. */
export function hmacExpression({ table, id }: Extract<KeyAtSource, { kind: 'pads' }>, bytes: string): string {
  const name = `\`${table.project}.${table.dataset}.${table.name}\``;
  const pad = (which: string): string => `(SELECT ${which} FROM ${name} WHERE id = ${textLiteral(id)})`;
  return `SHA256(CONCAT(${pad('outer_pad')}, SHA256(CONCAT(${pad('inner_pad')}, ${bytes}))))`;
}
