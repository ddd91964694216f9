import type { DecisionRequest } from './decide.ts';
import type { MaskRule } from './document.ts';
import { appliesTo } from './select-principal.ts';

/** Who asks, and what for. */
export type Clearing = Pick<DecisionRequest, 'principal' | 'agent' | 'session'>;

/** A mask holds for everybody but whom `except` names; where that names purposes, only while one of them is stated. */
export function maskApplies({ except }: MaskRule, { principal, agent, session }: Clearing): boolean {
  if (except?.purposes === undefined) return appliesTo({ except }, principal, agent);
  const isStated = session?.purpose !== undefined && except.purposes.includes(session.purpose);
  return !isStated || appliesTo({ except }, principal, agent);
}
