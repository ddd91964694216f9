import type { ApprovalRecord, Requester, Verdict } from './approval-record.ts';
import { isNoHuman, sameName, type KnownPerson } from './people.ts';
import { askedNow, stagesOf } from './stages.ts';
import type { Refusal } from './transition.ts';

export type Entitlement =
  | { readonly kind: 'entitled'; readonly inPlaceOf?: string | undefined }
  | { readonly kind: 'refused'; readonly reason: Refusal };

export interface Wish {
  readonly verdict: Verdict;
  readonly breakGlass?: boolean | undefined;
}

type Asked = Pick<ApprovalRecord, 'requester' | 'requirement' | 'votes' | 'escalatedAt'>;

const refuse = (reason: Refusal): Entitlement => ({ kind: 'refused', reason });

/**
 * Whether this person's word counts on the request now. Approving is for those who are asked now; rejecting for
 * everybody whom the rule names.
 */
export function entitlementOf(
  request: Asked,
  person: KnownPerson,
  { verdict, breakGlass = false }: Wish,
  { people, now }: { readonly people: readonly KnownPerson[]; readonly now: Date },
): Entitlement {
  if (asked(request.requester, person)) return refuse('self_approval');
  if ([...person.names].some(isNoHuman)) return refuse('not_entitled');
  const { requirement } = request;
  if (breakGlass)
    return isOneOf(requirement.breakGlass?.approvers ?? [], person)
      ? { kind: 'entitled' }
      : refuse('not_entitled');
  const standsFor = (ids: readonly string[]): Entitlement | undefined => {
    if (isOneOf(ids, person)) return { kind: 'entitled' };
    const absent = absentOf(ids, person, people, now).find((each) => !asked(request.requester, each));
    return absent === undefined ? undefined : { kind: 'entitled', inPlaceOf: absent.id };
  };
  const named = [
    ...stagesOf(requirement).flatMap(({ approvers }) => approvers),
    ...(request.escalatedAt === undefined ? [] : (requirement.escalation?.approvers ?? [])),
  ];
  const turn = standsFor(askedNow(request));
  if (turn !== undefined) return turn;
  const later = standsFor(named);
  if (later === undefined) return refuse('not_entitled');
  return verdict === 'reject' ? later : refuse('not_their_turn');
}

/** Why the person may not even see the request, if not: it is for those who may decide on it in any way. */
export function whyMayNotRead(
  request: Asked,
  person: KnownPerson,
  circle: Parameters<typeof entitlementOf>[3],
): Refusal | undefined {
  const usual = entitlementOf(request, person, { verdict: 'reject' }, circle);
  if (usual.kind === 'entitled') return undefined;
  const emergency = entitlementOf(request, person, { verdict: 'approve', breakGlass: true }, circle);
  return emergency.kind === 'entitled' ? undefined : usual.reason;
}

/** The person's entry, or one for somebody whom only a channel knows. */
export function findPerson(people: readonly KnownPerson[], id: string): KnownPerson {
  const name = sameName(id);
  const known = people.find((person) => person.names.has(name));
  return known ?? { id, names: new Set([name]), keys: [], absences: [] };
}

/** Whether enough distinct people could approve, group by group; how many a group lacks, if not. */
export function lacking(
  request: Asked,
  people: readonly KnownPerson[],
): { readonly needed: number; readonly entitled: number } | undefined {
  const all = stagesOf(request.requirement).map(({ approvers, quorum }) => ({
    needed: quorum,
    people: approvers.map((id) => findPerson(people, id)).filter((person) => mayEverApprove(request, person)),
  }));
  const short = all
    .map(({ needed, people: found }) => ({ needed, entitled: distinct(found) }))
    .find(({ needed, entitled }) => entitled < needed);
  if (short !== undefined) return short;
  // Nobody counts in two groups.
  const needed = all.reduce((sum, stage) => sum + stage.needed, 0);
  const entitled = distinct(all.flatMap((stage) => stage.people));
  return entitled < needed ? { needed, entitled } : undefined;
}

function mayEverApprove({ requester }: Asked, person: KnownPerson): boolean {
  return !asked(requester, person) && ![...person.names].some(isNoHuman);
}

const distinct = (people: readonly KnownPerson[]): number =>
  new Set(people.map(({ id }) => sameName(id))).size;

function isOneOf(ids: readonly string[], person: KnownPerson): boolean {
  return ids.some((id) => person.names.has(sameName(id)));
}

/** Who of these people is away now and has this one stand in. */
function absentOf(
  ids: readonly string[],
  person: KnownPerson,
  people: readonly KnownPerson[],
  now: Date,
): readonly KnownPerson[] {
  return ids
    .map((id) => findPerson(people, id))
    .filter(({ absences }) =>
      absences.some(
        ({ from, until, delegate }) =>
          person.names.has(sameName(delegate)) &&
          Date.parse(from) <= now.getTime() &&
          now.getTime() < Date.parse(until),
      ),
    );
}

function asked({ principal, delegation, agent }: Requester, person: KnownPerson): boolean {
  const names = [principal, ...delegation, ...(agent === undefined ? [] : [agent.name])];
  return names.some((name) => person.names.has(sameName(name)));
}
