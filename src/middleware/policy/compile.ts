import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { GuardError } from '../../errors.ts';
import { append } from './append.ts';
import { compileCondition, type Condition } from './condition.ts';
import type { MaskName } from './decision.ts';
import type { MaskRule, PolicyDocument, Rule } from './document.ts';
import { namePattern, type NamePattern } from './names.ts';
import { ruleIndex, type RuleIndex } from './find-rules.ts';
import { compileTags, type Tag, type Tags } from './tags.ts';

export interface CompiledRule {
  readonly source: Rule;
  /** Its place by name, so that reasons come out the same whatever the order in the file. */
  readonly order: number;
  readonly datasets?: readonly NamePattern[];
  readonly tables?: readonly NamePattern[];
  readonly tags?: readonly Tag[];
  readonly when?: Condition;
}

export interface CompiledMask {
  readonly source: MaskRule;
  readonly tags: readonly Tag[];
}

/** A policy with names split, tags bound and conditions read, made once when it is loaded. */
export interface CompiledPolicy {
  readonly document: PolicyDocument;
  /** SHA-256, hex, over the RFC 8785 JSON of the document. */
  readonly digest: string;
  readonly rules: RuleIndex;
  readonly tags: Tags;
  readonly masks: readonly CompiledMask[];
  readonly masksByTag: ReadonlyMap<Tag, readonly CompiledMask[]>;
  strictness(mask: MaskName): number;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

/** From the mask that releases least to the one that releases most. */
const byStrictness: readonly MaskName[] = ['nullify', 'defaultValue', 'sha256', 'emailMask', 'lastFour'];

/**
 * Binds the names of a policy document to each other.
 * @throws {GuardError} ERR_CONFIG when a rule or mask names a tag or group that is not defined, or a condition is wrong.
 */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  refuseDoubles(document);
  const tags = compileTags(document);
  const bind = (names: readonly string[], where: string): readonly Tag[] =>
    names.map((name) => tags.byName.get(name) ?? unknown('tag', name, where));
  const tagNames = new Set(tags.byName.keys());
  const rules = document.rules
    .toSorted(byName)
    .map((rule, order) => ({ order, ...compileRule(rule, document, bind, tagNames) }));
  const masks = document.masks.map((mask) => ({
    source: checked(mask),
    tags: bind(mask.tags, `mask ${mask.name}`),
  }));
  return {
    document,
    digest: digestOf(document),
    rules: ruleIndex(rules),
    tags,
    masks,
    masksByTag: masksByTag(masks),
    strictness: (mask) => byStrictness.indexOf(mask),
  };
}

function compileRule(
  rule: Rule,
  document: PolicyDocument,
  bind: (names: readonly string[], where: string) => readonly Tag[],
  tagNames: ReadonlySet<string>,
): Omit<CompiledRule, 'order'> {
  if (rule.effect === 'require-approval') {
    for (const group of rule.approval.from) {
      if (document.people[group] === undefined) unknown('people group', group, `rule ${rule.name}`);
    }
  }
  const patterns = (names: readonly string[]) => names.map((name) => namePattern(name, document.project));
  return {
    source: rule,
    ...(rule.datasets && { datasets: patterns(rule.datasets) }),
    ...(rule.tables && { tables: patterns(rule.tables) }),
    ...(rule.tags && { tags: bind(rule.tags, `rule ${rule.name}`) }),
    ...(rule.when !== undefined && { when: compileCondition(rule.when, rule.name, tagNames) }),
  };
}

function masksByTag(masks: readonly CompiledMask[]): ReadonlyMap<Tag, readonly CompiledMask[]> {
  const found = new Map<Tag, CompiledMask[]>();
  for (const mask of masks) for (const tag of mask.tags) append(found, tag, mask);
  return found;
}

function checked(mask: MaskRule): MaskRule {
  if (mask.with === 'sha256' && mask.acceptGuessable !== true) {
    throw new GuardError(
      'ERR_CONFIG',
      `Mask ${mask.name}: sha256 without a key can be undone by hashing guesses. Use nullify, or say acceptGuessable: true.`,
    );
  }
  return mask;
}

function refuseDoubles({ rules, masks, limits, budgets = [] }: PolicyDocument): void {
  for (const list of [rules, masks, [...limits, ...budgets]]) {
    const seen = new Set<string>();
    for (const { name } of list) {
      if (seen.has(name)) {
        throw new GuardError(
          'ERR_CONFIG',
          `The name ${name} is used twice. Every rule, mask, limit and budget needs its own.`,
        );
      }
      seen.add(name);
    }
  }
}

function unknown(what: string, name: string, where: string): never {
  throw new GuardError(
    'ERR_CONFIG',
    `The ${what} ${name} in ${where} is not defined. Define it or correct the name.`,
  );
}

/** Sizes are `bigint`, which JSON has not; they stand outside of the rules, which may be many. */
function digestOf(document: PolicyDocument): string {
  const { limits, budgets, cost, ...rest } = document;
  const sizes: unknown = JSON.parse(
    JSON.stringify({ limits, budgets, cost }, (_key, entry: unknown) =>
      typeof entry === 'bigint' ? entry.toString() : entry,
    ),
  );
  return createHash('sha256')
    .update(canonicalize({ ...rest, sizes }) ?? '')
    .digest('hex');
}
