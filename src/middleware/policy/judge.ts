import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { queryRequest, withQuerySettings } from '../../call/query-request.ts';
import { GuardError, type Instead } from '../../errors.ts';
import type { Catalog } from '../../sql/catalog.ts';
import { costKey, type Cost, type CostOf } from '../limits/cost.ts';
import type { CompiledPolicy } from './compile.ts';
import { considerAgain } from './consider-again.ts';
import { consider, decide, type Considered, type DecisionRequest } from './decide.ts';
import type { ColumnMask, Decision } from './decision.ts';
import { decideWithEngines, type Policy } from './engine.ts';
import { foreignResult } from './foreign-result.ts';
import { gateCatalog, type Asker } from './gate-catalog.ts';
import { withKeys } from './holds-keys.ts';
import { insteadInWords, insteadOf } from './instead.ts';
import { loadDatasetLabels, loadNative } from './load-traits.ts';
import type { NativeSource } from './native-source.ts';
import { permissionOf } from './permission.ts';
import { statedSubject, subjectOf, type Subject } from './subject.ts';
import { visibleTables, type VisibleTables } from './visible-tables.ts';

/** Where the policy learns what it needs to know of a call. */
export interface Sources {
  /** What is known of tables and routines; it may read them through `context.upstream`. */
  catalog(context: Context): Catalog;
  /** What is known of labels of datasets and of BigQuery's own protection; it may ask through `context.upstream`. */
  native(context: Context): NativeSource;
  /** Tells what a query would cost, when a rule asks for it: `maskedCost(estimates())`. */
  readonly cost?: CostOf | undefined;
  /** Engines that have to agree as well. */
  readonly engines?: readonly Policy[] | undefined;
}

/** What a call does, and what the policy says of it. */
export interface Judgement {
  readonly decision: Decision;
  readonly subject: Subject;
  /** What the rules were asked. */
  readonly request: DecisionRequest;
  /** Of which tables the call may be told by INFORMATION_SCHEMA. */
  readonly visible?: readonly VisibleTables[] | undefined;
  /** What a denied call could ask for instead. */
  readonly instead?: Instead | undefined;
}

/**
 * Finds out what a call does and decides it. Where it cannot be proved what the call does, the error that refuses it is
 * thrown. Nothing is recorded and nothing is sent but what the catalog, the cost and `native` ask for.
 */
export async function judge(
  compiled: CompiledPolicy,
  call: Call,
  context: Context,
  options: Sources,
): Promise<Judgement> {
  const foreign = foreignResult(compiled, call, context);
  if (foreign !== undefined) throw denial(call, [foreign]);
  const asker = askerOf(call, context);
  const closed = closedBefore(compiled, call, asker);
  if (closed !== undefined) return closed;
  const gate = gateCatalog(compiled, asker, options.catalog(context));
  const subject = await subjectOf(call, context, gate.catalog, compiled, compiled.tags.byLabel.length > 0);
  const refused = gate.refused();
  if (refused !== undefined) {
    const request = { ...asker, ...refused, pending: 'facts' } as const;
    return { decision: decide(compiled, request), subject, request };
  }
  if (subject.flaw !== undefined) throw subject.flaw;
  const request = await requestOf(compiled, asker, subject, context, options);
  const first = considerAgain(compiled, { ...request, pending: 'cost' });
  if (first.decision.effect === 'deny')
    return deniedBy(compiled, { ...request, pending: 'cost' }, first.decision, subject);
  const whole = { ...request, ...(await protectionOf(request, subject, options.native(context))) };
  const visible = await visibleOf(compiled, call, context, subject, options);
  context.set(costKey, costOf(call, context, subject, visible, options));
  // Protection only ever closes: where there is none, what was decided without looking for it stands.
  const known = isProtected(whole) ? consider(compiled, { ...whole, pending: 'cost' }) : first;
  const { decision, request: final } = await decideWithCost(compiled, whole, known, context.get(costKey));
  if (decision.effect === 'deny') return deniedBy(compiled, final, decision, subject);
  const { engines = [] } = options;
  const agreed = await decideWithEngines(compiled, engines, final, decision);
  return { decision: agreed, subject, request: final, visible };
}

/** What queries of INFORMATION_SCHEMA may tell; nothing is asked for any other. */
async function visibleOf(
  policy: CompiledPolicy,
  call: Call,
  context: Context,
  { analysis }: Subject,
  sources: Sources,
): Promise<readonly VisibleTables[]> {
  if (analysis === undefined) return [];
  const { engines = [] } = sources;
  const asker = askerOf(call, context);
  return visibleTables(analysis, {
    call,
    policy,
    asker,
    permission: permissionOf(policy, asker, call.operation, engines),
    source: sources.native(context),
    each: engines.length > 0 || policy.tags.byLabel.length > 0,
  });
}

/** What the path and the body of a call other than a query say is enough for most denials: nothing is looked up. */
function closedBefore(compiled: CompiledPolicy, call: Call, asker: Asker): Judgement | undefined {
  if (queryRequest(call) !== undefined) return undefined;
  const subject = statedSubject(call);
  const request = { ...asker, pairs: subject.pairs, columns: [], pending: 'objects' } as const;
  const decision = decide(compiled, request);
  return decision.effect === 'deny' ? { decision, subject, request } : undefined;
}

function deniedBy(
  compiled: CompiledPolicy,
  request: DecisionRequest,
  decision: Decision,
  subject: Subject,
): Judgement {
  return { decision, subject, request, instead: insteadOf(compiled, request, decision) };
}

async function requestOf(
  compiled: CompiledPolicy,
  asker: Asker,
  subject: Subject,
  context: Context,
  sources: Sources,
): Promise<DecisionRequest> {
  const { pairs, columns, tables, analysis, writes } = subject;
  const labelled = compiled.tags.byLabel.length > 0;
  return {
    ...asker,
    pairs: withKeys(compiled, subject),
    columns,
    tables,
    facts: analysis?.facts,
    costless: onlyDescribes(subject),
    account: context.account,
    writes,
    ...(labelled && { datasetLabels: await loadDatasetLabels(pairs, sources.native(context)) }),
  };
}

/**
 * Asked for last: what the rules deny needs no look at BigQuery's own; nor does what runs under an account of the
 * principal's, for whom BigQuery judges it.
 */
async function protectionOf(
  { account }: DecisionRequest,
  subject: Subject,
  source: NativeSource,
): Promise<Pick<DecisionRequest, 'native'>> {
  return account === undefined ? { native: await loadNative(subject, source) } : {};
}

function isProtected({ native }: DecisionRequest): boolean {
  return native !== undefined && [...native.values()].some(({ length }) => length > 0);
}

export function askerOf(call: Call, context: Context): Asker {
  const { principal, agent, session } = context;
  return { principal, agent, session, call, now: context.now() };
}

/** The cost is asked for when a rule needs it, and nothing denies the call whatever it costs. */
async function decideWithCost(
  compiled: CompiledPolicy,
  request: DecisionRequest,
  { decision, waits }: Considered,
  ask: typeof costKey.initial,
): Promise<Omit<Judgement, 'subject'>> {
  if (!waits || decision.effect === 'deny') return { decision, request };
  const whole = { ...request, cost: await costOrNone(ask, decision.masks) };
  return { decision: decide(compiled, whole), request: whole };
}

/** To ask what something is costs nothing, and opens nothing that a high cost would. */
function onlyDescribes({ pairs, analysis }: Subject): boolean {
  return analysis === undefined && pairs.every(({ operation }) => operation === 'metadata');
}

/** What cannot be found out is no reason to throw: the rules that need it deny, and say so. */
async function costOrNone(
  ask: typeof costKey.initial,
  masks: readonly ColumnMask[],
): Promise<Cost | undefined> {
  try {
    return await ask?.(masks);
  } catch {
    return undefined;
  }
}

function costOf(
  call: Call,
  context: Context,
  { analysis, tables }: Subject,
  visible: readonly VisibleTables[],
  { cost }: Sources,
): typeof costKey.initial {
  if (cost === undefined || analysis === undefined) return undefined;
  return (masks) => cost(inGoogleSql(call), context, { analysis, tables, masks, visible });
}

/** BigQuery reads legacy SQL where nothing is said; what was analysed is GoogleSQL. */
export function inGoogleSql(call: Call): Call {
  return queryRequest(call) === undefined ? call : withQuerySettings(call, { useLegacySql: false });
}

export function denial(call: Call, reasons: GuardError['reasons'], instead?: Instead): GuardError {
  const text = reasons.map(({ rule, message }) => `${rule}: ${message}`).join(' ');
  const message =
    `The policy denies this call and nothing was sent. ${text} ${instead === undefined ? '' : insteadInWords(instead)}`.trimEnd();
  return new GuardError('ERR_POLICY_DENIED', message, { callId: call.id, reasons, instead });
}
