import type { AccessObject, AccessPair } from './access.ts';
import type { CompiledRule } from './compile.ts';
import type { DecisionRequest } from './decide.ts';
import { mayLieIn, objectCoveredBy, objectMayMatch, type NamePattern } from './names.ts';
import { appliesTo } from './select-principal.ts';
import type { Tag } from './tags.ts';
import { isTakenOut, mayBeTakenOut } from './taken-out.ts';
import { isUnseen, type Touched, type TouchedPair } from './touched.ts';
import type { Variables } from './variables.ts';

/**
 * What a rule says of one call. `pending`: its condition names what is not known yet. `fault`: its condition cannot
 * be judged although everything is known.
 */
export interface Judged {
  readonly rule: CompiledRule;
  readonly outcome: 'holds' | 'pending' | 'fault';
  /** A deny or require-approval that speaks about the call. */
  readonly fires: boolean;
  readonly covers: ReadonlySet<AccessPair>;
}

/** `undefined` when the rule does not speak about this call. */
export function judgeRule(
  rule: CompiledRule,
  request: DecisionRequest,
  touched: Touched,
  variables: () => Variables,
): Judged | undefined {
  if (!appliesTo(rule.source, request.principal, request.agent)) return undefined;
  const fires = rule.source.effect !== 'allow' && touched.pairs.some((each) => concerns(rule, each, touched));
  const covered = touched.pairs.filter(
    (each) => mayCover(rule, each.pair, fires) && coversPair(rule, each, touched),
  );
  if (!fires && covered.length === 0) return undefined;
  const outcome = outcomeOf(rule, request, variables);
  if (outcome === 'fails') return undefined;
  return { rule, outcome, fires, covers: new Set(covered.map(({ pair }) => pair)) };
}

/** What may be read after approval may be known without. */
function mayCover({ source }: CompiledRule, { operation }: AccessPair, fires: boolean): boolean {
  return (
    source.effect === 'allow' || (source.effect === 'require-approval' && (fires || operation === 'metadata'))
  );
}

function outcomeOf(
  { when }: CompiledRule,
  request: DecisionRequest,
  variables: () => Variables,
): Judged['outcome'] | 'fails' {
  if (when === undefined) return 'holds';
  if (request.costless === true && when.late.has('cost')) return 'fails';
  try {
    return when.holds(variables()) ? 'holds' : 'fails';
  } catch {
    const missing = isUnseen(request)
      ? when.late.size > 0
      : request.pending === 'cost' && when.late.has('cost');
    return missing ? 'pending' : 'fault';
  }
}

/** An allow speaks for a pair when operation and object lie wholly within what it names. */
function coversPair(rule: CompiledRule, each: TouchedPair, touched: Touched): boolean {
  const { pair, own } = each;
  // What could not be made out is allowed by no rule, however wide.
  if (pair.operation === 'unknown') return false;
  if (pair.object.kind === 'tokens') return coversTokens(rule, own);
  if (!namesOperation(rule.source.operations, pair) && !readsWhatIsDescribed(rule, pair)) return false;
  // A query that names no table, like SELECT 1, touches nothing: whoever may read anything may ask it.
  if (pair.object.kind === 'none') return pair.operation === 'read';
  if (rule.out && mayBeTakenOut(rule.out, each, touched)) return false;
  if (pair.operation === 'metadata' && coversInside(rule, pair.object)) return rule.tags === undefined;
  if (rule.datasets && !rule.datasets.some((p) => objectCoveredBy(p, pair.object, 'dataset'))) return false;
  if (rule.tables && !rule.tables.some((p) => objectCoveredBy(p, pair.object, 'table'))) return false;
  return rule.tags === undefined || rule.tags.some((tag) => own.has(tag));
}

/** No rule opens tokens in passing: it names the operation, and every tag of the masks, or none. */
function coversTokens({ source, tags }: CompiledRule, own: ReadonlySet<Tag>): boolean {
  if (source.operations?.includes('detokenize') !== true || own.size === 0) return false;
  if (source.datasets !== undefined || source.tables !== undefined) return false;
  return tags === undefined || [...own].every((tag) => tags.includes(tag));
}

/** A rule that closes a dataset closes the tokens of what may lie in it. */
function concernsTokens({ datasets, tables }: CompiledRule, tags: ReadonlySet<Tag>): boolean {
  const places = [...tags].flatMap(placesOf);
  const isNear = (patterns: readonly NamePattern[] | undefined, level: 'dataset' | 'table'): boolean =>
    patterns === undefined ||
    places.some((place) => place === 'anywhere' || patterns.some((p) => objectMayMatch(p, place, level)));
  return isNear(datasets, 'dataset') && isNear(tables, 'table');
}

type Place = Extract<AccessObject, { readonly kind: 'table' }> | 'anywhere';

function placesOf({ columns, tables, datasets, policyTags, labels }: Tag): readonly Place[] {
  if (policyTags.length + labels.length > 0) return ['anywhere'];
  return [...columns, ...tables, ...datasets].map(({ project, segments: [dataset = '**', table = '*'] }) =>
    dataset.includes('*')
      ? 'anywhere'
      : { kind: 'table', project, dataset, table: table === '**' ? '*' : table },
  );
}

/** Whoever may read something may know what it is. */
function readsWhatIsDescribed({ source }: CompiledRule, { operation, object }: AccessPair): boolean {
  return (
    operation === 'metadata' && object.kind !== 'project' && source.operations?.includes('read') === true
  );
}

/** A dataset may be known for what is in it, and a list of datasets asked for: only what may be known is told of it. */
function coversInside(rule: CompiledRule, object: AccessObject): boolean {
  const patterns = rule.tables ?? rule.datasets;
  if (object.kind === 'datasets')
    return patterns === undefined || patterns.some(({ project }) => project === object.project);
  if (object.kind !== 'dataset' || rule.tables === undefined) return false;
  const within =
    rule.datasets === undefined || rule.datasets.some((p) => objectCoveredBy(p, object, 'dataset'));
  return within && rule.tables.some((p) => mayLieIn(p, object));
}

/** A deny or require-approval fires when a pair may lie within what it names and any of its tags is touched. */
function concerns(rule: CompiledRule, each: TouchedPair, touched: Touched): boolean {
  const { pair, all } = each;
  if (!namesOperation(rule.source.operations, pair)) return false;
  if (pair.object.kind === 'tokens')
    return concernsTokens(rule, all) && (rule.tags === undefined || rule.tags.some((tag) => all.has(tag)));
  if (rule.datasets && !rule.datasets.some((p) => objectMayMatch(p, pair.object, 'dataset'))) return false;
  if (rule.tables && !rule.tables.some((p) => objectMayMatch(p, pair.object, 'table'))) return false;
  if (rule.out && isTakenOut(rule.out, each, touched, rule.tags)) return false;
  return rule.tags === undefined || rule.tags.some((tag) => all.has(tag));
}

function namesOperation(operations: readonly string[] | undefined, pair: AccessPair): boolean {
  return operations === undefined || operations.includes(pair.operation) || operations.includes(pair.method);
}
