import type { Principal } from '../../call/principal.ts';
import type { CompiledPolicy } from './compile.ts';
import { consider, type Considered, type DecisionRequest } from './decide.ts';

interface Known {
  readonly policy: CompiledPolicy;
  readonly request: DecisionRequest;
  readonly considered: Considered;
}

const known = new WeakMap<DecisionRequest['pairs'], WeakMap<Principal, Known>>();

/**
 * Like `consider`, but what was decided before for the very same objects stands, unless a condition had a part in it:
 * only conditions see the call and the time.
 */
export function considerAgain(policy: CompiledPolicy, request: DecisionRequest): Considered {
  const { pairs, principal } = request;
  let ofPairs = known.get(pairs);
  const before = ofPairs?.get(principal);
  if (before?.policy === policy && asksTheSame(before.request, request)) return before.considered;
  const considered = consider(policy, request);
  if (considered.conditional) return considered;
  if (ofPairs === undefined) known.set(pairs, (ofPairs = new WeakMap()));
  ofPairs.set(principal, { policy, request: { ...request, call: undefined, now: undefined }, considered });
  return considered;
}

/** Whatever a request may hold one day, it is compared. */
function asksTheSame(before: DecisionRequest, request: DecisionRequest): boolean {
  const was = Object.entries(before);
  const is = new Map(Object.entries(request));
  return (
    was.length === is.size &&
    was.every(([key, value]) => key === 'call' || key === 'now' || is.get(key) === value)
  );
}
