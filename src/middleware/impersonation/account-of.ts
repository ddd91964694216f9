import type { Call } from '../../call/call.ts';
import type { Agent, Principal } from '../../call/principal.ts';
import type { Impersonation } from '../policy/document.ts';
import { appliesTo } from '../policy/select-principal.ts';

/** Who asks. */
interface Asker {
  readonly principal: Principal;
  readonly agent?: Agent | undefined;
}

/** The service account under which calls of a principal run; `undefined`: the guard's own, also where two are named. */
export function accountOf(impersonation: Impersonation | undefined, asker: Asker): string | undefined {
  const [account, another] = accountsOf(impersonation, asker);
  return another === undefined ? account : undefined;
}

/** A call of whom two accounts are named for is refused: the order of a list decides nothing. */
export function withAccountFlaw(call: Call, asker: Asker, impersonation: Impersonation | undefined): Call {
  if (accountsOf(impersonation, asker).length < 2) return call;
  return { ...call, flaw: call.flaw ?? severalAccounts };
}

const severalAccounts =
  'The guard names more than one service account for this principal (impersonate), so it is not known under which the call has to run.';

function accountsOf(
  impersonation: Impersonation | undefined,
  { principal, agent }: Asker,
): readonly string[] {
  const named = (impersonation?.accounts ?? []).filter((rule) => appliesTo(rule, principal, agent));
  return [...new Set(named.map(({ account }) => account))];
}
