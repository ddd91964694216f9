import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { GuardError } from '../../errors.ts';
import type { MaskName } from './decision.ts';
import type { MaskRule, PolicyDocument, Rule } from './document.ts';
import { namePattern, type NamePattern } from './names.ts';
import { compileTags, type Tag } from './tags.ts';

export interface CompiledRule {
  readonly source: Rule;
  readonly datasets?: readonly NamePattern[];
  readonly tables?: readonly NamePattern[];
  readonly tags?: readonly Tag[];
}

export interface CompiledMask {
  readonly source: MaskRule;
  readonly tags: readonly Tag[];
}

/** A policy with names split and tags bound, made once when it is loaded. */
export interface CompiledPolicy {
  readonly document: PolicyDocument;
  /** SHA-256, hex, over the RFC 8785 JSON of the document. */
  readonly digest: string;
  readonly rules: readonly CompiledRule[];
  readonly masks: readonly CompiledMask[];
  strictness(mask: MaskName): number;
}

/** So that reasons come out the same whatever the order in the file. */
const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

/** From the mask that releases least to the one that releases most. */
const byStrictness: readonly MaskName[] = ['nullify', 'defaultValue', 'sha256', 'emailMask', 'lastFour'];

/**
 * Binds the names of a policy document to each other.
 * @throws {GuardError} ERR_CONFIG when a rule or mask names a tag or group that is not defined.
 */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const tags = compileTags(document);
  refuseDoubles(document);
  const bind = (names: readonly string[], where: string): readonly Tag[] =>
    names.map((name) => tags.get(name) ?? unknown('tag', name, where));
  return {
    document,
    digest: createHash('sha256')
      .update(canonicalize(withoutBigints(document)) ?? '')
      .digest('hex'),
    rules: document.rules.toSorted(byName).map((rule) => compileRule(rule, document, bind)),
    masks: document.masks.map((mask) => ({
      source: checked(mask),
      tags: bind(mask.tags, `mask ${mask.name}`),
    })),
    strictness: (mask) => byStrictness.indexOf(mask),
  };
}

function compileRule(
  rule: Rule,
  document: PolicyDocument,
  bind: (names: readonly string[], where: string) => readonly Tag[],
): CompiledRule {
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
  };
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

function refuseDoubles(document: PolicyDocument): void {
  for (const list of [document.rules, document.masks, [...document.limits, ...(document.budgets ?? [])]]) {
    const names = list.map((entry) => entry.name);
    const double = names.find((name, index) => names.indexOf(name) !== index);
    if (double !== undefined) {
      throw new GuardError(
        'ERR_CONFIG',
        `The name ${double} is used twice. Every rule, mask, limit and budget needs its own.`,
      );
    }
  }
}

function unknown(what: string, name: string, where: string): never {
  throw new GuardError(
    'ERR_CONFIG',
    `The ${what} ${name} in ${where} is not defined. Define it or correct the name.`,
  );
}

function withoutBigints(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, entry: unknown) => (typeof entry === 'bigint' ? entry.toString() : entry)),
  );
}
