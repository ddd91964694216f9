import { GuardError } from '../errors.ts';
import type { Call } from './call.ts';

/** BigQuery allows 500 levels in a JSON value; what nests deeper is an attack on readers that recurse. */
const maximumDepth = 512;

const frozen = new WeakSet<object>();

/**
 * Freezes a call in depth, all but the stream of an upload, which has to move. What was frozen here before
 * is not walked again, so handing the same body through many layers costs nothing.
 */
export function freezeCall(call: Call): Call {
  if (frozen.has(call)) return call;
  freezeDeep(call.ids, call.id);
  freezeDeep(call.query, call.id);
  if (call.body !== undefined) freezeDeep(call.body, call.id);
  if (call.upload !== undefined) Object.freeze(call.upload);
  frozen.add(Object.freeze(call));
  return call;
}

function freezeDeep(root: object, callId: string): void {
  const waiting: { readonly value: object; readonly depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (frozen.has(value)) continue;
    if (depth > maximumDepth) throw tooDeep(callId);
    frozen.add(Object.freeze(value));
    for (const part of Object.values(value)) {
      if (typeof part === 'object' && part !== null) waiting.push({ value: part, depth: depth + 1 });
    }
  }
}

function tooDeep(callId: string): GuardError {
  return new GuardError(
    'ERR_POLICY_DENIED',
    `The request nests deeper than ${maximumDepth} levels and was not sent. Send a flatter request.`,
    { callId },
  );
}
