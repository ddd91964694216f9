import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Middleware, Next } from '../../call/middleware.ts';
import { refusal } from '../../call/rebuild.ts';
import type { Result } from '../../call/result.ts';
import { evidenceKey, reconsiderKey, type Evidence } from '../approval/evidence.ts';
import type { CompiledPolicy } from './compile.ts';
import { concealsKey, decisionKey, type Decision } from './decision.ts';
import { recordDecision } from './decision-event.ts';
import { detectorsKey, detectorsOf } from './detectors.ts';
import type { PolicyDocument } from './document.ts';
import { listsOwnJobs, othersJobs, ownJobs } from './own-jobs.ts';
import { followedJob, followedJobKey, inLocationOf } from './follow-up.ts';
import type { JobRecord, JobRegistry } from './job-registry.ts';
import { denial, inGoogleSql, judge, type Judgement, type Sources } from './judge.ts';
import { sourceOf, type PolicySource } from './policy-source.ts';
import { reveal } from './reveal/reveal.ts';
import { jobOf, registerResultTable } from './register-job.ts';
import { visibleTablesKey } from './visible-tables.ts';
import { analysisKey, tablesKey, type Subject } from './subject.ts';
import { touchesMasked } from './touches-masked.ts';

export interface PolicyOptions extends Sources {
  /** The rules; or where to find those in force, when they may change. */
  readonly document: PolicyDocument | PolicySource;
  readonly jobs: JobRegistry;
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
      const reconsider = (again: Call): Promise<Judgement> =>
        judge(source.current(), again, context, options);
      const judged = await reconsider(call);
      if (listsOwnJobs(call, judged.decision))
        return ownList(compiled, options.jobs, judged.subject, call, context, next);
      await recordDecision(context, judged.decision, judged.subject);
      if (judged.decision.effect === 'deny') throw denial(call, judged.decision.reasons, judged.instead);
      leave(context, judged, reconsider);
      const conceals = touchesMasked(compiled, judged.request);
      const detectors = detectorsOf(compiled, judged.request);
      context.set(concealsKey, conceals);
      context.set(detectorsKey, detectors);
      const result = await next(inGoogleSql(call));
      const job = jobOf(call, context, { ...judged, conceals, detectors }, result);
      if (job !== undefined) {
        options.jobs.add(job);
        registerResultTable(options.jobs, job, result);
      }
      const shown = othersJobs(result, call, options.jobs);
      return reveal(source.current(), call, context, options, shown);
    },
  };
}

function leave(context: Context, judged: Judgement, reconsider: (call: Call) => Promise<Judgement>): void {
  context.set(decisionKey, judged.decision);
  context.set(analysisKey, judged.subject.analysis);
  context.set(tablesKey, judged.subject.tables);
  context.set(visibleTablesKey, judged.visible ?? []);
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
  context.set(detectorsKey, job.detectors);
  const result = await next(inLocationOf(job, call));
  registerResultTable(jobs, job, result);
  return result;
}
