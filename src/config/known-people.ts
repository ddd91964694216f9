import type { Person } from '../middleware/approval/index.ts';
import type { GuardFile } from './guard-file.ts';

/** Everybody whom a policy file names, once. */
export function knownPeople({ people }: GuardFile): readonly Person[] {
  const members = Object.values(people).flatMap((group) => group.members);
  return [...new Map(members.map((person) => [person.id, person])).values()];
}
