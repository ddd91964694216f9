import type { DetectorAction, DetectorName, DetectorRule } from './detector-rule.ts';
import { findCard } from './find-card.ts';
import { findEmail } from './find-email.ts';
import { findIban } from './find-iban.ts';
import { findIp } from './find-ip.ts';
import { findPattern } from './find-pattern.ts';
import { findPhone } from './find-phone.ts';
import { findSecret } from './find-secret.ts';
import { findSsn } from './find-ssn.ts';
import type { Finder } from './finder.ts';

const finders: Readonly<Record<DetectorName, Finder>> = {
  card: findCard,
  iban: findIban,
  email: findEmail,
  phone: findPhone,
  ip: findIp,
  ssn: findSsn,
  secret: findSecret,
};

/** One kind of thing that is looked for. */
export interface Wanted {
  /** What the record calls it: `email`, or the name of a pattern. */
  readonly kind: string;
  readonly finder: Finder;
  readonly action: DetectorAction;
  /** The entry of `detectors` that wants it. */
  readonly rule: string;
}

/** What all rules that apply to an answer look for together. */
export interface Search {
  readonly wanted: readonly Wanted[];
  /** What is done with a text that is too long to be searched. */
  readonly unsearched: Wanted;
}

/** What stands in the record, and in the text, for a value that is too long. */
const unsearchedKind = 'unsearched';

const nothing: Finder = { needs: 0, find: () => undefined };

/** Of several rules that look for one kind the strictest action counts; of two alike the first by name. */
export function searchFor(rules: readonly DetectorRule[]): Search | undefined {
  const [first, ...others] = rules.toSorted(
    (a, b) => strictness(a) - strictness(b) || (a.name < b.name ? -1 : 1),
  );
  if (first === undefined) return undefined;
  const kept = new Map<string, Wanted>();
  for (const rule of [first, ...others]) {
    for (const [key, wanted] of wantedBy(rule)) if (!kept.has(key)) kept.set(key, wanted);
  }
  const { action, name } = first;
  return {
    wanted: [...kept.values()],
    unsearched: { kind: unsearchedKind, finder: nothing, action, rule: name },
  };
}

/** Deny, then what shows least. */
const byStrictness: readonly DetectorAction[] = ['deny', 'redact', 'replaceWithInfoType'];

const strictness = ({ action }: DetectorRule): number => byStrictness.indexOf(action);

function wantedBy({
  name: rule,
  find = [],
  patterns = {},
  action,
}: DetectorRule): readonly (readonly [string, Wanted])[] {
  const own = find.map((kind) => [kind, { kind, finder: finders[kind], action, rule }] as const);
  const further = Object.entries(patterns).map(
    ([kind, pattern]) =>
      [`${kind}\n${pattern}`, { kind, finder: findPattern(pattern), action, rule }] as const,
  );
  return [...own, ...further];
}
