import { GuardError } from '../errors.ts';
import type { Call } from './call.ts';

/** BigQuery allows 500 levels in a JSON value; what nests deeper is an attack on readers that recurse. */
const maximumDepth = 512;

/** Only the outermost objects are remembered: one entry for each of 10,000 rows would cost more than the walk. */
const frozen = new WeakSet<object>();

/**
 * Freezes a call in depth, all but the stream of an upload, which has to move. A body that was frozen here before
 * is not walked again, so handing it through many layers costs nothing.
 */
export function freezeCall(call: Call): Call {
  if (frozen.has(call)) return call;
  const parts = [call.ids, call.query, call.body ?? {}];
  if (!parts.every(freezeDeep)) throw tooDeep(call.id);
  if (call.upload !== undefined) Object.freeze(call.upload);
  frozen.add(Object.freeze(call));
  return call;
}

/** Freezes without recursion; false when it nests too deep. */
export function freezeDeep(root: object): boolean {
  if (frozen.has(root)) return true;
  const values: object[] = [root];
  const depths: number[] = [1];
  for (let value = values.pop(); value !== undefined; value = values.pop()) {
    const depth = depths.pop() ?? 0;
    if (depth > maximumDepth) return false;
    for (const part of Object.values(Object.freeze(value))) {
      if (typeof part !== 'object' || part === null) continue;
      values.push(part);
      depths.push(depth + 1);
    }
  }
  frozen.add(root);
  return true;
}

function tooDeep(callId: string): GuardError {
  return new GuardError(
    'ERR_POLICY_DENIED',
    `The request nests deeper than ${maximumDepth} levels and was not sent. Send a flatter request.`,
    { callId },
  );
}
