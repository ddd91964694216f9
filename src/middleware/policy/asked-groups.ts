import type { ApprovalSettings } from './document.ts';

/** A group of people, and where in the settings it is named. */
export interface AskedGroup {
  readonly group: string;
  readonly at: readonly PropertyKey[];
}

/** The groups of people whom the settings of a rule name. */
export function askedGroups(settings: ApprovalSettings): readonly AskedGroup[] {
  return [
    ...named(settings.from, 'from'),
    ...(settings.next ?? []).flatMap((stage, index) => named(stage.from, 'next', index, 'from')),
    ...named(settings.escalate?.to ?? [], 'escalate', 'to'),
    ...named(settings.breakGlass?.from ?? [], 'breakGlass', 'from'),
  ];
}

function named(groups: readonly string[], ...at: readonly PropertyKey[]): readonly AskedGroup[] {
  return groups.map((group, index) => ({ group, at: [...at, index] }));
}
