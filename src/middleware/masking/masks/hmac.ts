import { createHmac, type KeyObject } from 'node:crypto';
import type { KeyAtSource } from '../../policy/mask-choice.ts';
import { textLiteral } from './text-literal.ts';

/** HMAC-SHA-256 (RFC 2104). A key object is prepared once: a raw key for each value is ten times slower. */
export function hmac(key: KeyObject, parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHmac('sha256', key);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The same as GoogleSQL over an expression of type BYTES, with both paddings of the key read where they lie. */
export function hmacExpression({ table, id }: Extract<KeyAtSource, { kind: 'pads' }>, bytes: string): string {
  const name = `\`${table.project}.${table.dataset}.${table.name}\``;
  const pad = (which: string): string => `(SELECT ${which} FROM ${name} WHERE id = ${textLiteral(id)})`;
  return `SHA256(CONCAT(${pad('outer_pad')}, SHA256(CONCAT(${pad('inner_pad')}, ${bytes}))))`;
}
