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
  const fits = walk(root, (value) => {
    if (frozen.has(value)) return false;
    frozen.add(Object.freeze(value));
    return true;
  });
  if (!fits) throw tooDeep(callId);
}

/** Whether a body nests deeper than `freezeCall` allows. */
export function nestsTooDeep(root: object): boolean {
  return !walk(root, () => true);
}

/** Goes through objects and lists without recursion while `enter` says so; false when they nest too deep. */
function walk(root: object, enter: (value: object) => boolean): boolean {
  const waiting: { readonly value: object; readonly depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.depth > maximumDepth) return false;
    if (!enter(next.value)) continue;
    for (const part of Object.values(next.value)) {
      if (typeof part === 'object' && part !== null) waiting.push({ value: part, depth: next.depth + 1 });
    }
  }
  return true;
}

function tooDeep(callId: string): GuardError {
  return new GuardError(
    'ERR_POLICY_DENIED',
    `The request nests deeper than ${maximumDepth} levels and was not sent. Send a flatter request.`,
    { callId },
  );
}
