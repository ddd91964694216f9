import { isDeepStrictEqual } from 'node:util';
import { append } from '../append.ts';
import type { CompiledMask, CompiledPolicy, CompiledRule } from '../compile.ts';
import type { ApprovalSettings } from '../document.ts';
import { appliesWherever, selectorContains, speaksWherever } from './contains.ts';
import type { Finding } from './finding.ts';
import { staysOpen } from './stays-open.ts';

/**
 * Rules without which every call would be decided the same, because one other rule decides it already. Several rules
 * that do so together are not looked for.
 */
export function shadowedRules(
  policy: CompiledPolicy,
  rules: readonly CompiledRule[],
  indexOf: (rule: CompiledRule) => number,
): readonly Finding[] {
  const enforced = rules.filter(({ source }) => source.mode !== 'monitor');
  const wider = principalsIndex(enforced);
  return enforced.flatMap((rule) => {
    const other = wider(rule).find((each) => each !== rule && shadows(policy, each, rule));
    return other === undefined ? [] : [shadowed(rule, other, indexOf(rule))];
  });
}

/** Finds the rules that may apply to whomever a rule applies to: one that names people has to name its first. */
function principalsIndex(rules: readonly CompiledRule[]): (rule: CompiledRule) => readonly CompiledRule[] {
  const everybody: CompiledRule[] = [];
  const byName = new Map<string, CompiledRule[]>();
  for (const rule of rules) {
    if (rule.source.principals === undefined) everybody.push(rule);
    for (const name of namesIn(rule)) append(byName, name, rule);
  }
  return (rule) => {
    const [first] = namesIn(rule);
    return first === undefined ? everybody : [...everybody, ...(byName.get(first) ?? [])];
  };
}

const namesIn = ({ source }: CompiledRule): readonly string[] =>
  Object.entries(source.principals ?? {}).flatMap(([way, names]) =>
    (names ?? []).map((name: string) => `${way}:${name}`),
  );

/** Of two rules that say the same, only the later one by name is shadowed. */
function shadows(policy: CompiledPolicy, outer: CompiledRule, inner: CompiledRule): boolean {
  return decidesFor(policy, outer, inner) && (outer.order < inner.order || !decidesFor(policy, inner, outer));
}

function decidesFor(policy: CompiledPolicy, outer: CompiledRule, inner: CompiledRule): boolean {
  if (!appliesWherever(outer.source, inner.source) || !speaksWherever(outer, inner)) return false;
  const { when } = outer.source;
  if (when !== undefined && when !== inner.source.when) return false;
  if (outer.source.effect === 'deny') return true;
  // No rule opens tokens in passing.
  if (opensTokens(inner) && !opensTokens(outer)) return false;
  // A condition that cannot be judged denies, and that no other rule does for it.
  if (inner.source.when !== when) return false;
  if (inner.source.effect === 'deny') return false;
  if (inner.source.nativePolicies === 'accept' && outer.source.nativePolicies !== 'accept') return false;
  if (inner.source.trusted === true && outer.source.trusted !== true) return false;
  if (inner.source.effect === 'allow') return true;
  return (
    outer.source.effect === 'require-approval' &&
    asksForMore(policy, outer.source.approval, inner.source.approval)
  );
}

const opensTokens = ({ source }: CompiledRule): boolean => source.operations?.includes('detokenize') === true;

function asksForMore(policy: CompiledPolicy, outer: ApprovalSettings, inner: ApprovalSettings): boolean {
  const people = (settings: ApprovalSettings): readonly string[] =>
    settings.from.flatMap((group) => policy.document.people[group]?.members.map(({ id }) => id) ?? []);
  const entitled = people(inner);
  return (
    people(outer).every((id) => entitled.includes(id)) &&
    isPlain(outer) &&
    isPlain(inner) &&
    Number(outer.quorum) >= Number(inner.quorum) &&
    outer.expiresInMs <= inner.expiresInMs &&
    (outer.unmask !== true || inner.unmask === true)
  );
}

/** What asks for more than a number of people is not compared: no rule of that kind is called useless. */
function isPlain({ quorum, next, comment, escalate, breakGlass, grants }: ApprovalSettings): boolean {
  return (
    quorum !== 'all' && [next, comment, escalate, breakGlass, grants].every((part) => part === undefined)
  );
}

function shadowed(rule: CompiledRule, other: CompiledRule, index: number): Finding {
  const { name } = rule.source;
  const by = other.source;
  const rest =
    by.effect !== 'allow' && isNarrow(other) && staysOpen(rule)
      ? ', except for queries over no table and for what may be known of datasets and tables'
      : '';
  const what = `rule ${by.name} ${verbs[by.effect]} whatever it speaks about`;
  return {
    severity: 'warning',
    kind: 'shadowed',
    path: ['rules', index],
    message: `Rule ${name} changes no decision${rest}: ${what}.`,
  };
}

const verbs = { allow: 'allows', deny: 'denies', 'require-approval': 'asks people about' } as const;

const isNarrow = ({ source, datasets, tables, tags }: CompiledRule): boolean =>
  source.operations !== undefined || [datasets, tables, tags].some((each) => each !== undefined);

/** Masks that are never the strictest, for nobody. */
export function shadowedMasks(policy: CompiledPolicy): readonly Finding[] {
  const { masks } = policy;
  return masks.flatMap((mask, index) => {
    const other = masks.find((each, at) => at !== index && hides(policy, each, mask));
    if (other === undefined) return [];
    return [
      {
        severity: 'warning',
        kind: 'shadowed',
        path: ['masks', index],
        message: `Mask ${mask.source.name} is never used: mask ${other.source.name} releases less of the same columns.`,
      } as const,
    ];
  });
}

/** The same people are excepted, so that also what they may write elsewhere stays the same. */
function hides(policy: CompiledPolicy, outer: CompiledMask, inner: CompiledMask): boolean {
  const [a, b] = [outer.source.except ?? {}, inner.source.except ?? {}];
  const first = policy.strictness(outer.source.with) - policy.strictness(inner.source.with);
  return (
    (first < 0 || (first === 0 && outer.source.name < inner.source.name)) &&
    inner.tags.every((tag) => outer.tags.includes(tag)) &&
    selectorContains(a, b) &&
    selectorContains(b, a) &&
    isDeepStrictEqual(a.purposes, b.purposes)
  );
}
