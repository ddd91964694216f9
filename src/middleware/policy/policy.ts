import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Middleware, Next } from '../../call/middleware.ts';
import { queryRequest, withQuerySettings } from '../../call/query-request.ts';
import { refusal } from '../../call/rebuild.ts';
import type { Result } from '../../call/result.ts';
import { runsAsPrincipal } from '../../call/upstream-identity.ts';
import { GuardError } from '../../errors.ts';
import type { Catalog } from '../../sql/catalog.ts';
import { evidenceKey, reconsiderKey, type Evidence } from '../approval/evidence.ts';
import { costKey, type Cost, type CostOf } from '../limits/cost.ts';
import type { CompiledPolicy } from './compile.ts';
import { consider, decide, type ColumnWrite, type DecisionRequest } from './decide.ts';
import { decisionKey, type ColumnMask, type Decision } from './decision.ts';
import { recordDecision } from './decision-event.ts';
import type { PolicyDocument } from './document.ts';
import { listsOwnJobs, ownJobs } from './own-jobs.ts';
import { decideWithEngines, type Policy } from './engine.ts';
import { followedJob, followedJobKey, inLocationOf } from './follow-up.ts';
import { foreignResult } from './foreign-result.ts';
import { gateCatalog, type Asker } from './gate-catalog.ts';
import { insteadOf } from './instead.ts';
import type { JobRecord, JobRegistry } from './job-registry.ts';
import { loadDatasetLabels, loadNative } from './load-traits.ts';
import type { NativeSource } from './native-source.ts';
import { sourceOf, type PolicySource } from './policy-source.ts';
import { jobOf, registerResultTable } from './register-job.ts';
import { analysisKey, subjectOf, tablesKey, type Subject } from './subject.ts';

export interface PolicyOptions {
  /** The rules; or where to find those in force, when they may change. */
  readonly document: PolicyDocument | PolicySource;
  readonly jobs: JobRegistry;
  /** What is known of tables and routines; it may read them through `context.upstream`. */
  catalog(context: Context): Catalog;
  /** What is known of labels of datasets and of BigQuery's own protection; it may ask through `context.upstream`. */
  native(context: Context): NativeSource;
  /** Engines that have to agree as well. */
  readonly engines?: readonly Policy[] | undefined;
  /** Tells what a query would cost, when a rule asks for it: `maskedCost(estimates())`. */
  readonly cost?: CostOf | undefined;
}

/**
 * Decides every call: finds out what it does, judges that by the rules, records the decision and throws when it
 * is a denial. What layers further in need – masks, people to ask – is left in the context.
 */
export function policy(options: PolicyOptions): Middleware {
  const source = sourceOf(options.document);
  return {
    name: 'policy',
    async handle(call, context, next) {
      const compiled = source.current();
      if (call.flaw !== undefined) throw refusal(call, call.flaw);
      const followed = followedJob(call, context, options.jobs);
      if (followed !== undefined) return followUp(compiled, options.jobs, followed, call, context, next);
      const foreign = foreignResult(compiled, call, context);
      if (foreign !== undefined) throw denial(call, [foreign]);
      const reconsider = (again: Call): Promise<Judged> => judge(source.current(), again, context, options);
      const judged = await reconsider(call);
      if (listsOwnJobs(call, judged.decision))
        return ownList(compiled, options.jobs, judged.subject, call, context, next);
      await recordDecision(context, judged.decision, judged.subject);
      if (judged.decision.effect === 'deny') throw denial(call, judged.decision.reasons, judged.instead);
      leave(context, judged, reconsider);
      const result = await next(inGoogleSql(call));
      const job = jobOf(call, context, judged, result);
      if (job !== undefined) {
        options.jobs.add(job);
        registerResultTable(options.jobs, job, result);
      }
      return result;
    },
  };
}

interface Judged {
  readonly decision: Decision;
  readonly subject: Subject;
  /** What a denied call could ask for instead. */
  readonly instead?: string | undefined;
}

async function judge(
  compiled: CompiledPolicy,
  call: Call,
  context: Context,
  options: PolicyOptions,
): Promise<Judged> {
  const asker = askerOf(call, context);
  const gate = gateCatalog(compiled, asker, options.catalog(context));
  const subject = await subjectOf(call, context, gate.catalog, compiled, compiled.tags.byLabel.length > 0);
  const refused = gate.refused();
  if (refused !== undefined) {
    return { decision: decide(compiled, { ...asker, ...refused, pending: 'facts' }), subject };
  }
  if (subject.flaw !== undefined) throw subject.flaw;
  context.set(costKey, costOf(call, context, subject, options));
  const request = await requestOf(compiled, asker, subject, options.native(context));
  const first = consider(compiled, { ...request, pending: 'cost' });
  if (first.decision.effect === 'deny')
    return deniedBy(compiled, { ...request, pending: 'cost' }, first.decision, subject);
  const whole = { ...request, ...(await protectionOf(context, subject, options.native(context))) };
  const { decision, cost } = await decideWithCost(compiled, whole, context.get(costKey));
  if (decision.effect === 'deny') return deniedBy(compiled, { ...whole, cost }, decision, subject);
  const { engines = [] } = options;
  return { decision: await decideWithEngines(compiled, engines, { ...whole, cost }, decision), subject };
}

function deniedBy(
  compiled: CompiledPolicy,
  request: DecisionRequest,
  decision: Decision,
  subject: Subject,
): Judged {
  return { decision, subject, instead: insteadOf(compiled, request, decision) };
}

async function requestOf(
  compiled: CompiledPolicy,
  asker: Asker,
  subject: Subject,
  source: NativeSource,
): Promise<DecisionRequest> {
  const { pairs, columns, tables, analysis } = subject;
  const labelled = compiled.tags.byLabel.length > 0;
  return {
    ...asker,
    pairs,
    columns,
    tables,
    facts: analysis?.facts,
    writes: writesOf(subject),
    ...(labelled && { datasetLabels: await loadDatasetLabels(pairs, source) }),
  };
}

/** Asked for last: what the rules deny needs no look at BigQuery's own. */
async function protectionOf(
  context: Context,
  subject: Subject,
  source: NativeSource,
): Promise<Pick<DecisionRequest, 'native' | 'runsAsPrincipal'>> {
  if (context.get(runsAsPrincipal)) return { runsAsPrincipal: true };
  return { native: await loadNative(subject, source) };
}

function askerOf(call: Call, context: Context): Asker {
  const { principal, agent, session } = context;
  return { principal, agent, session, call, now: context.now() };
}

/** The cost is asked for when a rule needs it, and nothing denies the call whatever it costs. */
async function decideWithCost(
  compiled: CompiledPolicy,
  request: DecisionRequest,
  ask: typeof costKey.initial,
): Promise<{ readonly decision: Decision; readonly cost: Cost | undefined }> {
  const { decision, waits } = consider(compiled, { ...request, pending: 'cost' });
  if (!waits || decision.effect === 'deny') return { decision, cost: undefined };
  const cost = await costOrNone(ask, decision.masks);
  return { decision: decide(compiled, { ...request, cost }), cost };
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
  { cost }: PolicyOptions,
): typeof costKey.initial {
  if (cost === undefined || analysis === undefined) return undefined;
  return (masks) => cost(inGoogleSql(call), context, { analysis, tables, masks });
}

function writesOf({ analysis }: Subject): readonly ColumnWrite[] {
  return analysis?.facts.statements.flatMap(({ writes }) => writes) ?? [];
}

function denial(call: Call, reasons: GuardError['reasons'], instead = ''): GuardError {
  const text = reasons.map(({ rule, message }) => `${rule}: ${message}`).join(' ');
  const message = `The policy denies this call and nothing was sent. ${text} ${instead}`.trimEnd();
  return new GuardError('ERR_POLICY_DENIED', message, { callId: call.id, reasons });
}

function leave(context: Context, judged: Judged, reconsider: (call: Call) => Promise<Judged>): void {
  context.set(decisionKey, judged.decision);
  context.set(analysisKey, judged.subject.analysis);
  context.set(tablesKey, judged.subject.tables);
  context.set(evidenceKey, evidenceOf(judged.subject));
  context.set(reconsiderKey, async (again) => {
    const { decision, subject } = await reconsider(again);
    return { decision, evidence: evidenceOf(subject) };
  });
}

function evidenceOf({ analysis, tables, columns }: Subject): Evidence {
  return {
    kind: analysis?.facts.kind,
    tables: tables.map(({ name, etag }) => ({ name, etag })),
    columns,
  };
}

/** BigQuery reads legacy SQL where nothing is said; what was analysed is GoogleSQL. */
function inGoogleSql(call: Call): Call {
  return queryRequest(call) === undefined ? call : withQuerySettings(call, { useLegacySql: false });
}

async function ownList(
  compiled: CompiledPolicy,
  jobs: JobRegistry,
  subject: Subject,
  call: Call,
  context: Context,
  next: Next,
): Promise<Result> {
  const decision = ownJobDecision(compiled);
  await recordDecision(context, decision, subject);
  context.set(decisionKey, decision);
  return ownJobs(await next(call), call, context, jobs);
}

function ownJobDecision({ digest }: CompiledPolicy): Decision {
  return { effect: 'allow', policyDigest: digest, rules: ['own-job'], masks: [] };
}

/** A poll, a page or a cancellation of an own job inherits what was decided for the job. */
async function followUp(
  compiled: CompiledPolicy,
  jobs: JobRegistry,
  job: JobRecord,
  call: Call,
  context: Context,
  next: Next,
): Promise<Result> {
  context.set(decisionKey, ownJobDecision(compiled));
  context.set(followedJobKey, job);
  const result = await next(inLocationOf(job, call));
  registerResultTable(jobs, job, result);
  return result;
}
