import type { Agent, Principal } from '../../call/principal.ts';
import type { Reason } from '../../errors.ts';
import type { ColumnSource } from '../../sql/facts.ts';
import type { AccessPair } from './access.ts';
import type { CompiledMask, CompiledPolicy, CompiledRule } from './compile.ts';
import type { ColumnMask, Decision } from './decision.ts';
import { strictestApproval } from './strictest-approval.ts';
import { objectCoveredBy, objectMayMatch } from './names.ts';
import { appliesTo } from './select-principal.ts';
import { columnHasTag, objectHasTag } from './tags.ts';

/** What is to be decided: who, through what, does which things, and with which columns. */
export interface DecisionRequest {
  readonly principal: Principal;
  readonly agent: Agent | undefined;
  /** Never empty: a call that touches nothing has one pair with object `none`. */
  readonly pairs: readonly AccessPair[];
  /** Leaf columns read, or that influence the result. */
  readonly columns: readonly ColumnSource[];
  /** Which columns are written, and where their values come from. */
  readonly writes?: readonly ColumnWrite[] | undefined;
}

export interface ColumnWrite {
  readonly target: ColumnSource;
  readonly sources: readonly ColumnSource[];
}

/**
 * Deny over require-approval over allow, whatever the order of the rules; an allow must cover every pair,
 * a deny or require-approval fires on any; where nobody speaks the call is denied.
 */
export function decide(policy: CompiledPolicy, request: DecisionRequest): Decision {
  const rules = policy.rules.filter((rule) => appliesTo(rule.source, request.principal, request.agent));
  const denials = rules.filter((rule) => rule.source.effect === 'deny' && fires(rule, request));
  const [denial, ...others] = denials.map(reasonOf);
  if (denial !== undefined) return denied(policy, denials, [denial, ...others]);

  const allows = rules.filter((rule) => rule.source.effect === 'allow');
  const gates = rules.filter((rule) => rule.source.effect === 'require-approval' && fires(rule, request));
  const open = request.pairs.filter((pair) => ![...allows, ...gates].some((rule) => covers(rule, pair)));
  if (open.length > 0) return denied(policy, [], [silence(open)]);

  const laundered = launderedBy(policy, request);
  if (laundered !== undefined) return denied(policy, [], [laundered]);

  const masks = masksFor(policy, request);
  const used = allows.filter((rule) => request.pairs.some((pair) => covers(rule, pair)));
  const [reason, ...more] = gates.map(reasonOf);
  if (reason === undefined) {
    return { effect: 'allow', policyDigest: policy.digest, rules: namesOf(used), masks };
  }
  const approval = strictestApproval(policy, gates);
  if (approval === undefined) return denied(policy, gates, [nobodyMayApprove(gates)]);
  return {
    effect: 'require-approval',
    policyDigest: policy.digest,
    rules: namesOf([...used, ...gates]),
    reasons: [reason, ...more],
    approval,
    masks,
  };
}

function denied(
  policy: CompiledPolicy,
  rules: readonly CompiledRule[],
  reasons: readonly [Reason, ...Reason[]],
): Decision {
  return { effect: 'deny', policyDigest: policy.digest, rules: namesOf(rules), reasons };
}

const namesOf = (rules: readonly CompiledRule[]): readonly string[] =>
  [...new Set(rules.map((rule) => rule.source.name))].toSorted();

function reasonOf(rule: CompiledRule): Reason {
  return { rule: rule.source.name, message: rule.source.reason ?? defaultReason[rule.source.effect] };
}

const defaultReason = {
  allow: 'allowed',
  deny: 'This rule denies the call. Ask for less, or ask the owner of the policy.',
  'require-approval': 'This rule asks for a human decision before the call may run.',
};

/** Names nothing: what the principal may not use it should not learn about either. */
function silence(open: readonly AccessPair[]): Reason {
  const operations = [...new Set(open.map((pair) => pair.operation))].toSorted().join(', ');
  return {
    rule: 'default',
    message: `No rule allows this principal to ${operations} one of the objects that the call names. Use only the datasets and operations that you were given, or ask the owner of the policy for a rule.`,
  };
}

function nobodyMayApprove(gates: readonly CompiledRule[]): Reason {
  return {
    rule: namesOf(gates).join(', '),
    message:
      'These rules ask for a human decision, but no person is entitled to decide for all of them. The owner of the policy has to name one.',
  };
}

/** An allow speaks for a pair when operation and object lie wholly within what it names. */
function covers(rule: CompiledRule, pair: AccessPair): boolean {
  const { source } = rule;
  // What could not be made out is allowed by no rule, however wide.
  if (pair.operation === 'unknown') return false;
  if (!namesOperation(source.operations, pair)) return false;
  // A query that names no table, like SELECT 1, touches nothing: whoever may read anything may ask it.
  if (pair.object.kind === 'none') return pair.operation === 'read';
  if (rule.datasets && !rule.datasets.some((p) => objectCoveredBy(p, pair.object, 'dataset'))) return false;
  if (rule.tables && !rule.tables.some((p) => objectCoveredBy(p, pair.object, 'table'))) return false;
  return rule.tags === undefined || rule.tags.some((tag) => objectHasTag(tag, pair.object));
}

/** A deny or require-approval fires when any pair may lie within what it names and any of its tags is touched. */
function fires(rule: CompiledRule, request: DecisionRequest): boolean {
  return request.pairs.some((pair) => {
    if (!namesOperation(rule.source.operations, pair)) return false;
    if (rule.datasets && !rule.datasets.some((p) => objectMayMatch(p, pair.object, 'dataset'))) return false;
    if (rule.tables && !rule.tables.some((p) => objectMayMatch(p, pair.object, 'table'))) return false;
    return rule.tags === undefined || rule.tags.some((tag) => touches(tag, pair, request.columns));
  });
}

function touches(
  tag: NonNullable<CompiledRule['tags']>[number],
  pair: AccessPair,
  columns: readonly ColumnSource[],
): boolean {
  const { object } = pair;
  if (objectHasTag(tag, object)) return true;
  return columns.some((column) => isTableOf(object, column) && columnHasTag(tag, column));
}

function namesOperation(operations: readonly string[] | undefined, pair: AccessPair): boolean {
  return operations === undefined || operations.includes(pair.operation) || operations.includes(pair.method);
}

/** For each column the first mask, by name, that demands one; stricter beats laxer. */
function masksFor(policy: CompiledPolicy, request: DecisionRequest): readonly ColumnMask[] {
  const active = policy.masks.filter((mask) => appliesTo(mask.source, request.principal, request.agent));
  return request.columns.flatMap((column) => {
    const demanded = active.filter((mask) => mask.tags.some((tag) => columnHasTag(tag, column)));
    const [strictest] = demanded.toSorted(
      (a, b) =>
        policy.strictness(a.source.with) - policy.strictness(b.source.with) ||
        (a.source.name < b.source.name ? -1 : 1),
    );
    if (strictest === undefined) return [];
    return [
      { table: column.table, path: column.path, with: strictest.source.with, rule: strictest.source.name },
    ];
  });
}

/**
 * Whoever sees masked columns in the clear may not write them where the mask does not follow: anybody who may
 * read the other table or column would see them.
 */
function launderedBy(policy: CompiledPolicy, request: DecisionRequest): Reason | undefined {
  const mask = policy.masks.find(
    (each) =>
      !appliesTo(each.source, request.principal, request.agent) &&
      (leavesTable(each, request) || leavesColumn(each, request)),
  );
  if (mask === undefined) return undefined;
  return {
    rule: mask.source.name,
    message:
      'The call would write columns that are masked for others where they are not. Leave these columns out.',
  };
}

const isMasked = (mask: CompiledMask, column: ColumnSource): boolean =>
  mask.tags.some((tag) => columnHasTag(tag, column));

function leavesTable(mask: CompiledMask, { pairs, columns }: DecisionRequest): boolean {
  const written = pairs.flatMap(({ operation, object }) =>
    operation === 'write' || operation === 'ddl' ? [object] : [],
  );
  return columns.some(
    (column) => isMasked(mask, column) && written.some((object) => !isTableOf(object, column)),
  );
}

function leavesColumn(mask: CompiledMask, { writes = [] }: DecisionRequest): boolean {
  return writes.some(
    ({ target, sources }) => !isMasked(mask, target) && sources.some((source) => isMasked(mask, source)),
  );
}

function isTableOf(object: AccessPair['object'], { table }: ColumnSource): boolean {
  return (
    object.kind === 'table' &&
    object.project === table.project &&
    object.dataset === table.dataset &&
    object.table === table.name
  );
}
