import type { Agent, Principal } from '../../call/principal.ts';
import type { PrincipalSelector } from './document.ts';

/** True when the selector names this principal, one of its groups, or the agent it acts through. */
export function selectsPrincipal(
  selector: PrincipalSelector,
  principal: Principal,
  agent: Agent | undefined,
): boolean {
  return (
    selector.ids?.includes(principal.id) === true ||
    selector.groups?.some((group) => principal.groups.includes(group)) === true ||
    (agent !== undefined && selector.agents?.includes(agent.name) === true)
  );
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
