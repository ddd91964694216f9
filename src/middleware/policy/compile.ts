import { GuardError } from '../../errors.ts';
import { canonicalText, digestOf } from '../audit/canonical.ts';
import { append } from './append.ts';
import { askedGroups } from './asked-groups.ts';
import { readPattern } from '../detection/find-pattern.ts';
import { compileCondition, type Condition } from './condition.ts';
import { FaultPlace, refuseFault, type PolicyFault, type ReportFault } from './policy-fault.ts';
import type { MaskRule, PolicyDocument, Rule } from './document.ts';
import { byStrictness, byUse, type AppliedMask, type MaskName } from './mask-choice.ts';
import { appliedMask } from './applied-mask.ts';
import { reportUnusable } from './unusable-mask.ts';
import { namePattern, type NamePattern } from './names.ts';
import { takenOut, type TakenOut } from './taken-out.ts';
import { ruleIndex, type RuleIndex } from './find-rules.ts';
import { compileTags, type Tag, type Tags } from './tags.ts';

export interface CompiledRule {
  readonly source: Rule;
  /** Its place by name, so that reasons come out the same whatever the order in the file. */
  readonly order: number;
  readonly datasets?: readonly NamePattern[];
  readonly tables?: readonly NamePattern[];
  readonly tags?: readonly Tag[];
  /** What its `except` takes out, besides principals. */
  readonly out?: TakenOut;
  readonly when?: Condition;
}

export interface CompiledMask {
  readonly source: MaskRule;
  /** With what lets BigQuery compute it. */
  readonly applied: AppliedMask;
  readonly tags: readonly Tag[];
}

/** A policy with names split, tags bound and conditions read, made once when it is loaded. */
export interface CompiledPolicy {
  readonly document: PolicyDocument;
  /** SHA-256, hex, over the RFC 8785 JSON of the document, its lists by name. */
  readonly digest: string;
  readonly rules: RuleIndex;
  readonly tags: Tags;
  readonly masks: readonly CompiledMask[];
  readonly masksByTag: ReadonlyMap<Tag, readonly CompiledMask[]>;
  readonly strictness: (mask: MaskName) => number;
  /** Which of several masks on one column counts: the lowest. */
  readonly precedence: (mask: MaskName) => number;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

/**
 * Binds the names of a policy document to each other.
 * @throws {GuardError} ERR_CONFIG when a rule or mask names a tag or group that is not defined, or a condition is wrong;
 * unless `report` is given, which then hears of every fault.
 */
export function compilePolicy(document: PolicyDocument, report: ReportFault = refuseFault): CompiledPolicy {
  reportDoubles(document, report);
  const tags = compileTags(document);
  const bind = (names: readonly string[], { what, path }: Place): readonly Tag[] =>
    names.flatMap((name, index) => {
      const tag = tags.byName.get(name);
      if (tag === undefined) report(unknown('tag', name, what, [...path, 'tags', index]));
      return tag ?? [];
    });
  const conditions = new Map<string, Condition>();
  const scope: Scope = { document, bind, tagNames: new Set(tags.byName.keys()), conditions, report };
  const rules = [...document.rules.entries()]
    .toSorted(([, a], [, b]) => byName(a, b))
    .map(([index, rule], order) => compileRule(rule, order, ['rules', index], scope));
  const masks = document.masks.map((mask, index) => {
    const path = ['masks', index];
    const applied = appliedMask(document, mask);
    reportUnusable(applied, mask, { path, report });
    return { source: mask, applied, tags: bind(mask.tags, { what: `mask ${mask.name}`, path }) };
  });
  reportPatterns(document, report);
  return {
    document,
    digest: digestOfPolicy(
      document,
      rules.map(({ source }) => source),
    ),
    rules: ruleIndex(rules),
    tags,
    masks,
    masksByTag: masksByTag(masks),
    strictness: (mask) => byStrictness.indexOf(mask),
    precedence: (mask) => (document.conflict === 'google' ? byUse : byStrictness).indexOf(mask),
  };
}

interface Place {
  readonly what: string;
  readonly path: readonly PropertyKey[];
}

interface Scope {
  readonly document: PolicyDocument;
  readonly tagNames: ReadonlySet<string>;
  /** By their text: large policies say the same of many rules. */
  readonly conditions: Map<string, Condition>;
  readonly report: ReportFault;
  readonly bind: (names: readonly string[], place: Place) => readonly Tag[];
}

function compileRule(rule: Rule, order: number, path: readonly PropertyKey[], scope: Scope): CompiledRule {
  const { document, report, bind } = scope;
  const what = `rule ${rule.name}`;
  if (rule.effect === 'require-approval') {
    for (const { group, at } of askedGroups(rule.approval)) {
      if (document.people[group] !== undefined) continue;
      report(unknown('people group', group, what, [...path, 'approval', ...at]));
    }
  }
  const patterns = (names: readonly string[]) => names.map((name) => namePattern(name, document.project));
  const when = conditionOf(rule, path, scope);
  const out = takenOut(rule.except, document.project, (names) =>
    bind(names, { what, path: [...path, 'except'] }),
  );
  return {
    source: rule,
    order,
    ...(rule.datasets && { datasets: patterns(rule.datasets) }),
    ...(rule.tables && { tables: patterns(rule.tables) }),
    ...(rule.tags && { tags: bind(rule.tags, { what, path }) }),
    ...(out !== undefined && { out }),
    ...(when !== undefined && { when }),
  };
}

function conditionOf(
  { when, name }: Rule,
  path: readonly PropertyKey[],
  { tagNames, conditions, report }: Scope,
): Condition | undefined {
  if (when === undefined) return undefined;
  const known = conditions.get(when);
  if (known !== undefined) return known;
  try {
    const condition = compileCondition(when, name, tagNames);
    conditions.set(when, condition);
    return condition;
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    const at = error.cause instanceof FaultPlace ? error.cause.at : undefined;
    report({ path: [...path, 'when'], at, message: error.message });
    return undefined;
  }
}

function masksByTag(masks: readonly CompiledMask[]): ReadonlyMap<Tag, readonly CompiledMask[]> {
  const found = new Map<Tag, CompiledMask[]>();
  for (const mask of masks) for (const tag of mask.tags) append(found, tag, mask);
  return found;
}

function reportDoubles(
  { rules, masks, detectors = [], limits, budgets = [] }: PolicyDocument,
  report: ReportFault,
): void {
  for (const lists of [{ rules }, { masks }, { detectors }, { limits, budgets }]) {
    const seen = new Set<string>();
    for (const [list, entries] of Object.entries(lists)) {
      for (const [index, { name }] of entries.entries()) {
        const message = `The name ${name} is used twice. Every rule, mask, detector, limit and budget needs its own.`;
        if (seen.has(name)) report({ path: [list, index, 'name'], message });
        seen.add(name);
      }
    }
  }
}

function reportPatterns({ detectors = [] }: PolicyDocument, report: ReportFault): void {
  for (const [index, { name, patterns = {} }] of detectors.entries()) {
    for (const [kind, pattern] of Object.entries(patterns)) {
      try {
        readPattern(pattern);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        const message = `The pattern ${kind} of detector ${name} cannot be used: ${error.message}.`;
        report({ path: ['detectors', index, 'patterns', kind], message });
      }
    }
  }
}

function unknown(what: string, name: string, where: string, path: readonly PropertyKey[]): PolicyFault {
  return { path, message: `The ${what} ${name} in ${where} is not defined. Define it or correct the name.` };
}

/** The order of lists decides nothing. Sizes are `bigint`, which JSON has not. */
function digestOfPolicy(document: PolicyDocument, rules: readonly Rule[]): string {
  const { limits, budgets = [], cost, masks, detectors = [], impersonate, ...rest } = document;
  const accounts = (impersonate?.accounts ?? []).map(canonicalText).toSorted();
  const sorted = { limits: limits.toSorted(byName), budgets: budgets.toSorted(byName), cost };
  const sizes: unknown = JSON.parse(
    JSON.stringify(sorted, (_key, entry: unknown) => (typeof entry === 'bigint' ? entry.toString() : entry)),
  );
  const lists = { rules, masks: masks.toSorted(byName), detectors: detectors.toSorted(byName), accounts };
  return digestOf({ ...rest, ...lists, sizes });
}
