import type { CompiledPolicy, CompiledRule } from './compile.ts';
import type { ApprovalRequirement } from './decision.ts';
import type { ApprovalSettings } from './document.ts';

/**
 * Several rules at once ask for the strictest of all: only people whom every rule names may decide, the
 * highest quorum counts and the shortest time. `undefined` when not enough people remain.
 */
export function strictestApproval(
  policy: CompiledPolicy,
  gates: readonly CompiledRule[],
): ApprovalRequirement | undefined {
  const settings = gates.flatMap((gate) =>
    gate.source.effect === 'require-approval' ? [gate.source.approval] : [],
  );
  const quorum = Math.max(...settings.map((each) => each.quorum));
  const [first, ...rest] = settings.map((each) => peopleOf(policy, each));
  const entitled = [...(first ?? [])].filter((id) => rest.every((people) => people.has(id))).toSorted();
  const [one, ...others] = entitled;
  if (one === undefined || entitled.length < quorum) return undefined;
  return {
    approvers: [one, ...others],
    quorum,
    expiresInMs: Math.min(...settings.map((each) => each.expiresInMs)),
  };
}

function peopleOf(policy: CompiledPolicy, settings: ApprovalSettings): ReadonlySet<string> {
  return new Set(
    settings.from.flatMap((group) => policy.document.people[group]?.members.map((person) => person.id) ?? []),
  );
}
