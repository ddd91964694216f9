import { GuardError } from '../errors.ts';
import { isJsonObject, type Json } from '../call/json.ts';
import { freezeCall } from '../call/freeze.ts';
import { detokenizeCall, type DetokenizeRequest } from '../middleware/masking/keys/detokenize-call.ts';
import { engineOf, type Guard } from './guard.ts';
import { currentScope } from './scope.ts';

export type { DetokenizeRequest } from '../middleware/masking/keys/detokenize-call.ts';

/**
 * Turns tokens of `cryptoDeterministic` and `formatPreserving` back into values; null for what is no token of the mask.
 * A rule has to name the operation `detokenize` for the principal of the context. The record says how many.
 *
 * ```ts
 * const [mail] = await detokenize(guard, { mask: 'mail-token', tokens: ['AQAAAAHc3rs1…'] });
 * ```
 *
 * @throws {GuardError} ERR_POLICY_DENIED, and whatever else stops a call.
 */
export async function detokenize(
  guard: Guard,
  request: DetokenizeRequest,
): Promise<readonly (string | null)[]> {
  const { body } = await engineOf(guard).handle({
    call: freezeCall(detokenizeCall(request)),
    scope: currentScope(),
    signal: new AbortController().signal,
    connection: () => ({ handle: noKeys, prepare: () => undefined }),
  });
  const values = isJsonObject(body) ? body['values'] : undefined;
  if (!Array.isArray(values)) return noKeys();
  return values.map((value: Json) => (typeof value === 'string' ? value : null));
}

/** Nothing of it ever leaves the process. */
function noKeys(): Promise<never> {
  return Promise.reject(
    new GuardError(
      'ERR_CONFIG',
      'This guard turns no tokens back: it was not built from a policy file with keys.',
    ),
  );
}
