import type { CompiledPolicy, CompiledRule } from './compile.ts';
import type { ApprovalSettings, StageSettings } from './document.ts';
import { strictestRequirement, type ApprovalRequirement, type ApprovalStage } from './requirement.ts';

/** What the rules that fired ask for together; `undefined` when no people can fulfil it. */
export function strictestApproval(
  policy: CompiledPolicy,
  gates: readonly CompiledRule[],
): ApprovalRequirement | undefined {
  const settings = gates.flatMap((gate) =>
    gate.source.effect === 'require-approval' ? [gate.source.approval] : [],
  );
  const requirements = settings.map((each) => requirementOf(policy, each));
  const known = requirements.filter((each) => each !== undefined);
  return known.length < requirements.length ? undefined : strictestRequirement(known);
}

function requirementOf(policy: CompiledPolicy, settings: ApprovalSettings): ApprovalRequirement | undefined {
  const first = stageOf(policy, settings);
  const next = (settings.next ?? []).map((stage) => stageOf(policy, stage));
  const later = next.filter((stage) => stage !== undefined);
  if (first === undefined || later.length < next.length) return undefined;
  const escalated = peopleOf(policy, settings.escalate?.to);
  const emergency = peopleOf(policy, settings.breakGlass?.from);
  const { escalate, breakGlass, comment, grants, expiresInMs } = settings;
  return {
    ...first,
    expiresInMs,
    ...(later.length > 0 && { next: later }),
    ...(comment !== undefined && { comment }),
    ...(escalate !== undefined &&
      escalated !== undefined && { escalation: { afterMs: escalate.afterMs, approvers: escalated } }),
    ...(breakGlass !== undefined &&
      emergency !== undefined && {
        breakGlass: { expiresInMs: breakGlass.expiresInMs, approvers: emergency },
      }),
    ...(grants !== undefined && { grants }),
  };
}

function stageOf(policy: CompiledPolicy, { from, quorum }: StageSettings): ApprovalStage | undefined {
  const approvers = peopleOf(policy, from);
  if (approvers === undefined) return undefined;
  return { approvers, quorum: quorum === 'all' ? approvers.length : quorum };
}

function peopleOf(
  policy: CompiledPolicy,
  groups: readonly string[] = [],
): readonly [string, ...string[]] | undefined {
  const members = groups.flatMap((group) => policy.document.people[group]?.members ?? []);
  const [one, ...others] = [...new Set(members.map(({ id }) => id))].toSorted();
  return one === undefined ? undefined : [one, ...others];
}
