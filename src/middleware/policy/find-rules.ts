import type { Agent, Principal } from '../../call/principal.ts';
import type { AccessPair } from './access.ts';
import { nameIndex, type NameIndex } from './find-by-name.ts';
import { principalIndex, type PrincipalIndex } from './find-by-principal.ts';
import type { CompiledRule } from './compile.ts';
import type { NamePattern } from './names.ts';
import type { Tag } from './tags.ts';

/** Finds the rules that may speak about a call, so that what a decision takes does not grow with the policy. */
export interface RuleIndex {
  /** All of them, in the order of the policy. */
  readonly list: readonly CompiledRule[];
  /** Without doubles, in the order of the policy. Some may not speak after all: the caller compares. */
  near(asked: Asked): readonly CompiledRule[];
}

export interface Asked {
  readonly principal: Principal;
  readonly agent: Agent | undefined;
  readonly pairs: readonly AccessPair[];
  /** Every tag that an object or column of the call carries, or may carry. */
  readonly tags: ReadonlySet<Tag>;
}

type Shelf = PrincipalIndex<CompiledRule>;

/** A rule lies under the most telling of its selectors: tables, datasets, tags, and there under its principals. */
export function ruleIndex(rules: readonly CompiledRule[]): RuleIndex {
  const shelves = new Map<string, Shelf>();
  const byName = nameIndex<Shelf>();
  const byTag = new Map<Tag, Shelf>();
  const others = principalIndex<CompiledRule>();
  const readers = principalIndex<CompiledRule>();
  const named = (pattern: NamePattern): Shelf => {
    const key = `${pattern.project}:${pattern.pattern}`;
    const known = shelves.get(key);
    if (known !== undefined) return known;
    const shelf = principalIndex<CompiledRule>();
    shelves.set(key, shelf);
    byName.add(pattern, shelf);
    return shelf;
  };
  const tagged = (tag: Tag): Shelf => {
    const shelf = byTag.get(tag) ?? principalIndex<CompiledRule>();
    byTag.set(tag, shelf);
    return shelf;
  };
  for (const rule of rules) {
    const names = rule.tables ?? rule.datasets;
    const places = names?.map(named) ?? rule.tags?.map(tagged) ?? [others];
    for (const shelf of new Set(places)) shelf.add(rule.source.principals, rule);
  }
  for (const rule of distinctReaders(rules)) readers.add(rule.source.principals, rule);
  return {
    list: rules,
    near({ principal, agent, pairs, tags }) {
      if (pairs.some(({ object }) => object.kind === 'tokens')) return rules;
      const places = new Set<Shelf>([others]);
      if (pairs.some(({ object }) => object.kind === 'none')) places.add(readers);
      for (const pair of pairs) for (const shelf of shelvesOf(pair, byName)) places.add(shelf);
      for (const tag of tags) {
        const shelf = byTag.get(tag);
        if (shelf !== undefined) places.add(shelf);
      }
      const found = new Set([...places].flatMap((shelf) => shelf.of(principal, agent)));
      return [...found].toSorted((a, b) => a.order - b.order);
    },
  };
}

/** Whoever may read anything may ask what touches nothing; one rule is enough of those that let in the same. */
function distinctReaders(rules: readonly CompiledRule[]): Iterable<CompiledRule> {
  const kept = new Map<string, CompiledRule>();
  for (const rule of rules) {
    const { source } = rule;
    const { operations, principals, except, when, mode } = source;
    if (source.effect !== 'allow' || (operations !== undefined && !operations.some(mayRead))) continue;
    const key = JSON.stringify([
      principals,
      except,
      when,
      mode,
      operations,
      source.nativePolicies,
      source.trusted,
    ]);
    if (!kept.has(key)) kept.set(key, rule);
  }
  return kept.values();
}

const mayRead = (operation: string): boolean => operation === 'read' || operation.includes('.');

function shelvesOf({ operation, object }: AccessPair, byName: NameIndex<Shelf>): readonly Shelf[] {
  if (object.kind === 'none' || object.kind === 'project' || object.kind === 'tokens') return [];
  if (object.kind === 'datasets') return byName.inside(object.project);
  if (object.kind === 'table') return byName.near(object.project, object.dataset, object.table);
  // Rules for tables open the knowledge of the dataset that they lie in.
  return operation === 'metadata'
    ? byName.inside(object.project, object.dataset)
    : byName.near(object.project, object.dataset);
}
