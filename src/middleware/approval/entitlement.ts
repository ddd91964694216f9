import type { ApprovalRecord, Requester } from './approval-record.ts';
import { sameName, type KnownPerson } from './people.ts';
import type { Refusal } from './transition.ts';

/** Why this person's vote does not count, if it does not. */
export function whyNotEntitled(
  { requester, approvers }: Pick<ApprovalRecord, 'requester' | 'approvers'>,
  person: KnownPerson,
): Refusal | undefined {
  if (requesterNames(requester).some((name) => person.names.has(name))) return 'self_approval';
  return approvers.some((id) => person.names.has(sameName(id))) ? undefined : 'not_entitled';
}

/** The person's entry, or one for somebody whom only a channel knows. */
export function findPerson(people: readonly KnownPerson[], id: string): KnownPerson {
  const name = sameName(id);
  return people.find((person) => person.names.has(name)) ?? { id, names: new Set([name]), keys: [] };
}

/** How many distinct people could approve this request at all. */
export function countEntitled(
  request: Pick<ApprovalRecord, 'requester' | 'approvers'>,
  people: readonly KnownPerson[],
): number {
  const entitled = request.approvers
    .map((id) => findPerson(people, id))
    .filter((person) => whyNotEntitled(request, person) === undefined);
  return new Set(entitled.map((person) => sameName(person.id))).size;
}

function requesterNames({ principal, delegation, agent }: Requester): readonly string[] {
  return [principal, ...delegation, ...(agent === undefined ? [] : [agent.name])].map(sameName);
}
