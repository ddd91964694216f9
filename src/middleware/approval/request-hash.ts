import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { GuardError } from '../../errors.ts';
import type { RequestParts } from './request-parts.ts';

/** SHA-256, hex, of the parts as RFC 8785 JSON. What an approval is bound to. */
export function requestHash(parts: RequestParts): string {
  return digest(parts);
}

/** SHA-256, hex, over RFC 8785 JSON. Text that is no Unicode (a lone surrogate) has no hash. */
export function digest(value: unknown): string {
  return sha256(canonical(value));
}

/** SHA-256, hex, of the text in UTF-8. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function canonical(value: unknown): string {
  try {
    return canonicalize(value) ?? 'null';
  } catch (cause) {
    throw new GuardError(
      'ERR_APPROVAL_REJECTED',
      'The request holds text or numbers that have no canonical JSON form, so nobody can be asked to approve it. Remove lone surrogates, NaN and Infinity.',
      { cause, reasons: [{ rule: 'approval', message: 'internal_error' }] },
    );
  }
}
