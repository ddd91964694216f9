import type { Call } from '../../call/call.ts';
import type { Agent, Principal, Session } from '../../call/principal.ts';
import type { Reason } from '../../errors.ts';
import type { ColumnSource, Facts } from '../../sql/facts.ts';
import type { Cost } from '../limits/cost.ts';
import type { AccessPair } from './access.ts';
import { anonymousResult } from './foreign-result.ts';
import { clearedColumns, columnMasks } from './column-masks.ts';
import type { CompiledPolicy, CompiledRule } from './compile.ts';
import type { ColumnMask, Decision, MonitoredRule } from './decision.ts';
import { holdsKeys } from './holds-keys.ts';
import { judgeRule, type Judged } from './judge-rule.ts';
import { trustedObjects, trusts } from './trusted.ts';
import { misfitReason } from './misfit.ts';
import { launderedBy } from './laundering.ts';
import { unopenedProtection } from './native-protection.ts';
import { strictestApproval } from './strictest-approval.ts';
import { touchedBy, type Touched } from './touched.ts';
import type { TraitsSource } from './traits.ts';
import { unclassified } from './unclassified.ts';
import { variablesOf, type Variables } from './variables.ts';

/** What is to be decided: who, through what, does which things, and with which columns. */
export interface DecisionRequest extends TraitsSource {
  readonly principal: Principal;
  readonly agent: Agent | undefined;
  readonly session?: Session | undefined;
  readonly call?: Pick<Call, 'operation' | 'class' | 'project'> | undefined;
  /** Never empty: a call that touches nothing has one pair with object `none`. */
  readonly pairs: readonly AccessPair[];
  /** Leaf columns read, or that influence the result. */
  readonly columns: readonly ColumnSource[];
  /** Which columns are written, and where their values come from. */
  readonly writes?: readonly ColumnWrite[] | undefined;
  /** Only for queries. */
  readonly facts?: Facts | undefined;
  readonly cost?: Cost | undefined;
  readonly now?: Date | undefined;
  /**
   * What is not known yet: `facts` means the cost and labels as well; `objects`, that there is no statement, but columns
   * and labels have not been looked up. Conditions that need it neither deny nor keep an allow from counting, so a
   * denial stands whatever comes; anything else has to be decided again.
   */
  readonly pending?: 'facts' | 'objects' | 'cost' | undefined;
  /** There is nothing to run that could cost: conditions over the cost neither deny nor open. */
  readonly costless?: boolean | undefined;
  /** The service account under which the call runs for the principal: BigQuery judges its own protection for it. */
  readonly account?: string | undefined;
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
  return consider(policy, request).decision;
}

export interface Considered {
  readonly decision: Decision;
  /** A rule that speaks about the call needs what is pending. */
  readonly waits: boolean;
  /** A condition was judged: asked at another time, or by another call, it may say otherwise. */
  readonly conditional: boolean;
}

export function consider(policy: CompiledPolicy, request: DecisionRequest): Considered {
  const touched = touchedBy(policy, request);
  const { principal, agent, pairs } = request;
  let conditional = false;
  const made = lazyVariables(policy, request, touched);
  const variables = (): Variables => {
    conditional = true;
    return made();
  };
  const judged = policy.rules
    .near({ principal, agent, pairs, tags: touched.tags })
    .flatMap((rule) => judgeRule(rule, request, touched, variables) ?? []);
  const monitored = judged.filter(({ rule }) => rule.source.mode === 'monitor').flatMap(monitoredRule);
  const enforced = judged.filter(({ rule }) => rule.source.mode !== 'monitor');
  const decision = decideBy(policy, request, touched, enforced);
  return {
    decision: monitored.length === 0 ? decision : { ...decision, monitored },
    waits: judged.some(({ outcome }) => outcome === 'pending'),
    conditional,
  };
}

function decideBy(
  policy: CompiledPolicy,
  request: DecisionRequest,
  touched: Touched,
  judged: readonly Judged[],
): Decision {
  const keys = request.pairs.filter((pair) => holdsKeys(policy, pair));
  // In the words of an object that no rule names: that keys lie there is nobody's to know.
  if (keys.length > 0) return denied(policy, [], [silence(keys)]);

  const denials = judged.filter(
    ({ rule, outcome, fires }) =>
      outcome === 'fault' || (outcome === 'holds' && fires && rule.source.effect === 'deny'),
  );
  const [denial, ...others] = denials.map(denialOf);
  if (denial !== undefined) return denied(policy, denials, [denial, ...others]);
  const [closed] = closedColumns(policy, touched);
  if (closed !== undefined) return denied(policy, [], [closed]);

  const open = request.pairs.filter((pair) => !judged.some(({ covers }) => covers.has(pair)));
  if (open.length > 0) return denied(policy, [], [silence(open)]);

  const gates = judged.filter(
    ({ rule, outcome }) => outcome === 'holds' && rule.source.effect === 'require-approval',
  );
  const unmasked = gates.length > 0 && gates.every(({ rule }) => unmasks(rule));
  const refused =
    launderedBy(policy, request, touched, unmasked) ??
    unopenedProtection(request, touched, judged) ??
    anonymousResult(policy, request);
  if (refused !== undefined) return denied(policy, [], [refused]);

  const masks = unmasked ? [] : masksFor(policy, request, touched, judged);
  const misfit = misfitReason(policy, request, masks);
  if (misfit !== undefined) return denied(policy, [], [misfit]);
  const cleared = clearedColumns(policy, request, touched);
  return permit(policy, judged, gates, { masks, ...(cleared.length > 0 && { cleared }) });
}

function permit(
  policy: CompiledPolicy,
  judged: readonly Judged[],
  gates: readonly Judged[],
  columns: Pick<Extract<Decision, { readonly effect: 'allow' }>, 'masks' | 'cleared'>,
): Decision {
  const [reason, ...more] = gates.map(({ rule }) => reasonOf(rule));
  const decided = { policyDigest: policy.digest, rules: namesOf(judged), ...columns, ...opened(judged) };
  if (reason === undefined) return { effect: 'allow', ...decided };
  const approval = strictestApproval(
    policy,
    gates.map(({ rule }) => rule),
  );
  if (approval === undefined) return denied(policy, gates, [nobodyMayApprove(gates)]);
  return { effect: 'require-approval', ...decided, reasons: [reason, ...more], approval };
}

function masksFor(
  policy: CompiledPolicy,
  request: DecisionRequest,
  touched: Touched,
  judged: readonly Judged[],
): readonly ColumnMask[] {
  const masks = columnMasks(policy, request, touched);
  const trusted = trustedObjects(judged);
  return trusted.length === 0 ? masks : masks.map((mask) => ({ ...mask, trusted }));
}

const unmasks = ({ source }: CompiledRule): boolean =>
  source.effect === 'require-approval' && source.approval.unmask === true;

/** The rules that opened what BigQuery protects itself, or what lies beneath views; the record names them. */
function opened(judged: readonly Judged[]): {
  readonly nativePolicies?: readonly string[];
  readonly trusted?: readonly string[];
} {
  const accepting = judged.filter(
    ({ rule: { source } }) => source.effect !== 'deny' && source.nativePolicies === 'accept',
  );
  const trusting = judged.filter(trusts);
  return {
    ...(accepting.length > 0 && { nativePolicies: namesOf(accepting) }),
    ...(trusting.length > 0 && { trusted: namesOf(trusting) }),
  };
}

function denied(
  policy: CompiledPolicy,
  rules: readonly Judged[],
  reasons: readonly [Reason, ...Reason[]],
): Decision {
  return { effect: 'deny', policyDigest: policy.digest, rules: namesOf(rules), reasons };
}

const namesOf = (judged: readonly Judged[]): readonly string[] =>
  [...new Set(judged.map(({ rule }) => rule.source.name))].toSorted();

function denialOf({ rule, outcome }: Judged): Reason {
  if (outcome !== 'fault') return reasonOf(rule);
  const cost = rule.when?.late.has('cost') === true;
  return {
    rule: rule.source.name,
    message: `The condition of this rule could not be judged for the call${cost ? ', perhaps because its cost is not known' : ''}, so the call is denied. The owner of the policy has to look at it.`,
  };
}

function reasonOf(rule: CompiledRule): Reason {
  return { rule: rule.source.name, message: rule.source.reason ?? defaultReason[rule.source.effect] };
}

const defaultReason = {
  allow: 'allowed',
  deny: 'This rule denies the call. Ask for less, or ask the owner of the policy.',
  'require-approval': 'This rule asks for a human decision before the call may run.',
};

function monitoredRule({ rule, outcome, fires }: Judged): readonly MonitoredRule[] {
  const { name, effect } = rule.source;
  if (outcome === 'pending') return [];
  return outcome === 'fault' || fires || effect === 'allow'
    ? [{ rule: name, effect: outcome === 'fault' ? 'deny' : effect }]
    : [];
}

/** Columns that nobody has classified may be closed altogether. */
function closedColumns(policy: CompiledPolicy, { columns }: Touched): readonly Reason[] {
  if (policy.document.unclassified !== 'deny') return [];
  if (!columns.some((read) => unclassified(policy, read))) return [];
  return [
    {
      rule: 'unclassified',
      message:
        'The call reads a column that carries no tag in a dataset that holds tagged data. Name only columns that are classified, or ask the owner of the policy to classify it.',
    },
  ];
}

/** Names nothing: what the principal may not use it should not learn about either. */
function silence(open: readonly AccessPair[]): Reason {
  const operations = [...new Set(open.map((pair) => pair.operation))].toSorted().join(', ');
  return {
    rule: 'default',
    message: `No rule allows this principal to ${operations} one of the objects that the call names. Use only the datasets and operations that you were given, or ask the owner of the policy for a rule.`,
  };
}

function nobodyMayApprove(gates: readonly Judged[]): Reason {
  return {
    rule: namesOf(gates).join(', '),
    message:
      'These rules ask for a human decision, but no person is entitled to decide for all of them. The owner of the policy has to name one.',
  };
}

/** Made when the first condition is judged, and once for all of them. */
export function lazyVariables(
  policy: CompiledPolicy,
  request: DecisionRequest,
  touched: Touched,
): () => Variables {
  let made: Variables | undefined;
  return () => (made ??= variablesOf(request, () => taggedColumns(policy, touched)));
}

/** How many columns carry each tag; a tag that nothing carries counts 0. */
function taggedColumns(policy: CompiledPolicy, { columns }: Touched): Readonly<Record<string, bigint>> {
  const counts: Record<string, bigint> = { ...policy.tags.none };
  for (const { tags } of columns) for (const { name } of tags) counts[name] = (counts[name] ?? 0n) + 1n;
  return counts;
}
