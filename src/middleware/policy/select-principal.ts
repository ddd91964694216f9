import type { Agent, Principal } from '../../call/principal.ts';
import type { PrincipalSelector } from './document.ts';

/** True when the selector names this principal, one of its groups or delegates, or the agent it acts through. */
export function selectsPrincipal(
  selector: PrincipalSelector,
  principal: Principal,
  agent: Agent | undefined,
): boolean {
  return (
    selector.ids?.includes(principal.id) === true ||
    selector.groups?.some((group) => groupsOf(principal).has(group)) === true ||
    (agent !== undefined && selector.agents?.includes(agent.name) === true) ||
    selector.delegates?.some((id) => principal.delegation.includes(id)) === true
  );
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The list is the same for all calls of a guard or token, so that its set is made once. */
export function groupsOf({ groups }: Principal): ReadonlySet<string> {
  let set = sets.get(groups);
  if (set === undefined) sets.set(groups, (set = new Set(groups)));
  return set;
}

interface WithPrincipals {
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: PrincipalSelector | undefined;
}

/** A rule without `principals` speaks about everyone; `except` takes out whom it names. */
export function appliesTo(rule: WithPrincipals, principal: Principal, agent: Agent | undefined): boolean {
  if (rule.except !== undefined && selectsPrincipal(rule.except, principal, agent)) return false;
  return rule.principals === undefined || selectsPrincipal(rule.principals, principal, agent);
}
