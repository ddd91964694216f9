import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { GuardError } from '../../errors.ts';

/**
 * RFC 8785 JSON. Halves of surrogate pairs, which are no Unicode, become U+FFFD as they do on the wire; what
 * JSON cannot hold (cycles, bigint, NaN) is an error of whoever recorded it.
 */
export function canonicalText(value: unknown): string {
  try {
    return canonicalize(value) ?? 'null';
  } catch {
    return repairedText(value);
  }
}

function repairedText(value: unknown): string {
  try {
    return canonicalize(wellFormed(value, [])) ?? 'null';
  } catch (cause) {
    throw new GuardError(
      'ERR_MIDDLEWARE',
      'An audit event holds something that JSON cannot hold (a cycle, a bigint, NaN or Infinity). The call was refused. Give the event plain JSON values.',
      { cause, reasons: [{ rule: 'audit', message: 'event is no JSON' }] },
    );
  }
}

function wellFormed(value: unknown, above: readonly unknown[]): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) throw new TypeError('cycle');
  const path = [...above, value];
  if (Array.isArray(value)) return value.map((item) => wellFormed(item, path));
  // fromEntries defines members, so a member named __proto__ stays one.
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member, path)]),
  );
}

export function sha256(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/** SHA-256, hex, over RFC 8785 JSON. */
export function digestOf(value: unknown): string {
  return sha256(canonicalText(value));
}
