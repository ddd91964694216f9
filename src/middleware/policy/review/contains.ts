import type { CompiledRule } from '../compile.ts';
import type { PrincipalSelector, RuleException } from '../document.ts';
import { matchesName } from '../match-name.ts';
import type { NamePattern } from '../names.ts';

/**
 * These compare what selectors can match. `true` is proved; `false` may also mean that it could not be proved.
 */

/** Every name that `inner` matches, `outer` matches too. */
export function patternContains(outer: NamePattern, inner: NamePattern): boolean {
  if (outer.project !== inner.project) return false;
  if (outer.pattern === inner.pattern || outer.pattern === '**') return true;
  // Read as a name, a `**` would be one segment, and it stands for any number of them.
  return !inner.segments.includes('**') && matchesName(outer.segments, inner.segments);
}

const ways = ['ids', 'groups', 'agents', 'delegates'] as const;

/** Whoever is selected by `inner` is selected by `outer`. */
export function selectorContains(outer: PrincipalSelector, inner: PrincipalSelector): boolean {
  return ways.every((way) => (inner[way] ?? []).every((name) => outer[way]?.includes(name) === true));
}

const objects = ['datasets', 'tables', 'columns', 'tags'] as const;

/** Whom and what `inner` takes out, `outer` takes out, by the same names. */
function exceptionContains(outer: RuleException, inner: RuleException): boolean {
  const named = objects.every((way) =>
    (inner[way] ?? []).every((name) => outer[way]?.includes(name) === true),
  );
  return named && selectorContains(outer, inner);
}

interface Applies {
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: RuleException | undefined;
}

/** Whomever `inner` applies to, `outer` applies to, and it takes out nothing else. */
export function appliesWherever(outer: Applies, inner: Applies): boolean {
  if (outer.except !== undefined && !exceptionContains(inner.except ?? {}, outer.except)) return false;
  if (outer.principals === undefined) return true;
  return inner.principals !== undefined && selectorContains(outer.principals, inner.principals);
}

/** Whatever `inner` speaks about, by operation, dataset, table and tag, `outer` speaks about. */
export function speaksWherever(outer: CompiledRule, inner: CompiledRule): boolean {
  return (
    listContains(outer.source.operations, inner.source.operations) &&
    listContains(outer.tags, inner.tags) &&
    patternsContain(outer.tables, inner.tables) &&
    datasetsContain(outer.datasets, inner)
  );
}

function listContains<Item>(outer: readonly Item[] | undefined, inner: readonly Item[] | undefined): boolean {
  return outer === undefined || (inner !== undefined && inner.every((each) => outer.includes(each)));
}

type Patterns = readonly NamePattern[] | undefined;

function patternsContain(outer: Patterns, inner: Patterns): boolean {
  if (outer === undefined) return true;
  return inner !== undefined && inner.every((each) => outer.some((wide) => patternContains(wide, each)));
}

/** A rule on tables speaks about their datasets only. */
function datasetsContain(outer: Patterns, inner: CompiledRule): boolean {
  return patternsContain(outer, inner.datasets) || patternsContain(outer, inner.tables?.map(datasetOf));
}

/** What the first segment says; `**` stays, since it may be any dataset. */
function datasetOf({ project, segments }: NamePattern): NamePattern {
  const first = segments.length === 2 ? segments.slice(0, 1) : ['**'];
  return { project, segments: first, pattern: first.join('.') };
}
