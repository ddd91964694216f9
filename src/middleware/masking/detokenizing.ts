import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Json } from '../../call/json.ts';
import type { Middleware } from '../../call/middleware.ts';
import { GuardError } from '../../errors.ts';
import { assertApproved } from '../approval/approved.ts';
import { record } from '../audit/record.ts';
import { decisionKey } from '../policy/decision.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import type { MaskRule } from '../policy/document.ts';
import { detokenizeOperation, maskInCall } from './keys/detokenize-call.ts';
import type { KeyVersions, MaskKeys } from './keys/mask-keys.ts';
import { deterministicOriginal } from './masks/crypto-deterministic.ts';
import { formatPreservingOriginal } from './masks/format-preserving.ts';

export interface DetokenizingOptions {
  readonly keys: MaskKeys;
  readonly policy: PolicySource;
}

/**
 * The innermost layer: answers calls that turn tokens back, once all other layers have let them pass, and sends nothing.
 * The record says how many, never which.
 */
export function detokenizing({ keys, policy }: DetokenizingOptions): Middleware {
  return {
    name: 'detokenizing',
    async handle(call, context, next) {
      if (call.operation !== detokenizeOperation) return next(call);
      const decision = context.get(decisionKey);
      if (decision === undefined || decision.effect === 'deny')
        throw unable(call, 'no policy has allowed it');
      assertApproved(call, context);
      const mask = policy.current().document.masks.find(({ name }) => name === maskInCall(call));
      const values = originals(call, mask, keys);
      await recordTokens(context, mask, values);
      return { status: 200, headers: {}, body: { values } };
    },
  };
}

/** So many at once hold up nobody. */
const mostTokens = 10_000;

function originals(call: Call, mask: MaskRule | undefined, keys: MaskKeys): readonly (string | null)[] {
  const tokens = call.body?.['tokens'];
  if (!Array.isArray(tokens) || tokens.length === 0 || tokens.length > mostTokens)
    throw unable(call, `between one and ${mostTokens} tokens can be turned back at once`);
  const turn = turnerOf(call, mask, keys);
  return tokens.map((token: Json) => (typeof token === 'string' ? (turn(token) ?? null) : null));
}

function turnerOf(
  call: Call,
  mask: MaskRule | undefined,
  keys: MaskKeys,
): (token: string) => string | undefined {
  if (mask?.with !== 'cryptoDeterministic' && mask?.with !== 'formatPreserving')
    throw unable(call, 'what this mask gives cannot be turned back');
  const versions = keys.get(mask.key);
  if (versions === undefined) throw unable(call, 'the key of this mask is not known');
  if (mask.with === 'formatPreserving') {
    const { secret } = versionOf(call, versions);
    return (token) => formatPreservingOriginal(mask, secret, token);
  }
  return (token) => textOf(deterministicOriginal(token, mask.surrogate, versions));
}

function versionOf(call: Call, versions: KeyVersions): KeyVersions[number] {
  const id = call.body?.['keyId'] ?? versions[0].id;
  const version = versions.find((each) => each.id === id);
  if (version === undefined) throw unable(call, 'there is no version of the key with this id');
  return version;
}

/** Of BYTES that are no text nothing is given. */
function textOf(bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

function recordTokens(
  context: Context,
  mask: MaskRule | undefined,
  values: readonly (string | null)[],
): Promise<void> {
  const found = values.filter((value) => value !== null).length;
  const key = mask !== undefined && 'key' in mask ? (mask.key ?? '') : '';
  return record(context, {
    type: 'tokens.detokenized',
    data: { mask: mask?.name ?? '', key, tokens: values.length, found },
  });
}

function unable(call: Call, why: string): GuardError {
  return new GuardError('ERR_POLICY_DENIED', `The tokens were not turned back: ${why}.`, {
    callId: call.id,
    reasons: [{ rule: 'detokenize', message: why }],
  });
}
