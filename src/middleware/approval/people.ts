import { GuardError } from '../../errors.ts';
import { readVerifyingKey, type VerifyingKey } from './keys.ts';

/** Somebody who may decide, and the keys that speak for this person alone. */
export interface Person {
  readonly id: string;
  /** `whpk_…`; with `callback: 'symmetric'` also `whsec_…`. Several while a key is being changed. */
  readonly keys: readonly string[];
  /** Other ids under which the same human calls, so that nobody approves their own request. */
  readonly aliases?: readonly string[] | undefined;
  /** When another person decides in this one's place. */
  readonly absences?: readonly Absence[] | undefined;
}

export interface Absence {
  /** RFC 3339. */
  readonly from: string;
  readonly until: string;
  /** The id of the person who stands in. */
  readonly delegate: string;
}

export interface KnownPerson {
  readonly id: string;
  readonly names: ReadonlySet<string>;
  readonly keys: readonly VerifyingKey[];
  readonly absences: readonly Absence[];
}

/** How ids are compared: `user:Ana@acme.io` and `ana@acme.io` are one person. */
export function sameName(id: string): string {
  return id
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/^(?:user|principal|mailto):/, '');
}

export function knowPeople(people: readonly Person[], symmetric: boolean): readonly KnownPerson[] {
  const known = people.map((person) => knowPerson(person, symmetric));
  refuseDoubles(
    known.flatMap((person) => [...person.names]),
    'id',
  );
  refuseDoubles(
    known.flatMap((person) => person.keys.map((key) => key.fingerprint)),
    'key',
  );
  return known;
}

function knowPerson(person: Person, symmetric: boolean): KnownPerson {
  const names = new Set([person.id, ...(person.aliases ?? [])].map(sameName));
  if (names.has('')) throw new GuardError('ERR_CONFIG', 'A person who may approve has an empty id.');
  if ([...names].some(isNoHuman)) {
    throw new GuardError('ERR_CONFIG', `${person.id} is a service account; only people approve.`);
  }
  const keys = person.keys.map(readVerifyingKey);
  if (!symmetric && keys.some((key) => key.scheme === 'v1')) {
    throw new GuardError(
      'ERR_CONFIG',
      `${person.id} has a shared secret (whsec_) as key. Give a public key (whpk_), or set callback: 'symmetric'.`,
    );
  }
  return { id: person.id, names, keys, absences: (person.absences ?? []).map(knowAbsence) };
}

/** Accounts of programs: they never decide, whoever lists them. */
export function isNoHuman(name: string): boolean {
  return /(?:\.gserviceaccount\.com$)|^(?:serviceaccount:|principal:\/\/|principalset:\/\/)/i.test(
    name.trim(),
  );
}

function knowAbsence(absence: Absence): Absence {
  const { from, until, delegate } = absence;
  const isPeriod = Date.parse(from) < Date.parse(until);
  if (isPeriod && !isNoHuman(delegate)) return absence;
  throw new GuardError(
    'ERR_CONFIG',
    `The absence from ${from} until ${until} needs an end after its beginning and a person as delegate.`,
  );
}

function refuseDoubles(values: readonly string[], what: string): void {
  if (new Set(values).size === values.length) return;
  throw new GuardError('ERR_CONFIG', `Two people who may approve share the same ${what}.`);
}
