import type { Call } from '../../../call/call.ts';
import { newId } from '../../../call/new-id.ts';

/** Turning tokens back is no method of BigQuery: it never leaves the guard, and passes all of its layers. */
export const detokenizeOperation = 'guard.detokenize';

export interface DetokenizeRequest {
  /** The entry of `masks` that made the tokens. */
  readonly mask: string;
  readonly tokens: readonly string[];
  /**
   * Which version of the key made them; the one that makes tokens now unless named. Only for `formatPreserving`, whose
   * tokens have no room for it.
   */
  readonly keyId?: number | undefined;
}

export function detokenizeCall({ mask, tokens, keyId }: DetokenizeRequest, id: string = newId()): Call {
  return {
    id,
    operation: detokenizeOperation,
    class: 'detokenize',
    project: '',
    ids: {},
    query: {},
    body: { mask, tokens: [...tokens], ...(keyId !== undefined && { keyId }) },
    upload: undefined,
    method: 'POST',
    path: '/detokenize',
  };
}

/** The mask that a call names; empty for a call that is no such call. */
export function maskInCall({ body }: Pick<Call, 'body'>): string {
  const mask = body?.['mask'];
  return typeof mask === 'string' ? mask : '';
}
