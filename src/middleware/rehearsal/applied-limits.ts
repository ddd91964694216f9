import type { Agent, Principal } from '../../call/principal.ts';
import type { BudgetRule } from '../limits/rules.ts';
import type { LimitRule, PolicyDocument } from '../policy/document.ts';
import { appliesTo } from '../policy/select-principal.ts';

/** The limits and budgets that hold for a principal. */
export interface AppliedLimits {
  readonly limits: readonly LimitRule[];
  readonly budgets: readonly BudgetRule[];
}

export function appliedLimits(
  { limits, budgets = [] }: PolicyDocument,
  principal: Principal,
  agent: Agent | undefined,
): AppliedLimits {
  return {
    limits: limits.filter((rule) => appliesTo(rule, principal, agent)),
    budgets: budgets.filter((rule) => appliesTo(rule, principal, agent)),
  };
}
