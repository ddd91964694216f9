import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Middleware, Next } from '../../call/middleware.ts';
import { refusal } from '../../call/rebuild.ts';
import type { Result } from '../../call/result.ts';
import type { CatalogTable } from '../../sql/catalog.ts';
import { evidenceKey, reconsiderKey, type Evidence } from '../approval/evidence.ts';
import { digestOf } from '../audit/canonical.ts';
import type { CompiledPolicy } from './compile.ts';
import { concealsKey, decisionKey, type Decision } from './decision.ts';
import { digestOfFacts, recordDecision } from './decision-event.ts';
import { detectorsKey, detectorsOf } from './detectors.ts';
import type { PolicyDocument } from './document.ts';
import { listsOwnJobs, othersJobs, ownJobs } from './own-jobs.ts';
import { followedJob, followedJobKey, inLocationOf } from './follow-up.ts';
import type { JobRecord, JobRegistry } from './job-registry.ts';
import { isSchemaChange } from '../masking/check-schema.ts';
import { denial, inGoogleSql, judge, type Judgement, type Sources } from './judge.ts';
import { sourceOf, type PolicySource } from './policy-source.ts';
import { reveal } from './reveal/reveal.ts';
import { asAnother, mayRunAgain } from './run-again.ts';
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
      const run = async (asked: Call, by: Judgement): Promise<Result> => {
        await recordDecision(context, by.decision, by.subject);
        if (by.decision.effect === 'deny') throw denial(call, by.decision.reasons, by.instead);
        const adopted = leave(context, compiled, { call: asked, judged: by }, reconsider);
        const result = await next(inGoogleSql(asked));
        register(options.jobs, adopted, context, result);
        const shown = othersJobs(result, call, options.jobs);
        return reveal(source.current(), call, context, options, shown);
      };
      try {
        return await run(call, judged);
      } catch (error) {
        if (!isSchemaChange(error) || !mayRunAgain(call, judged)) throw error;
        const catalog = options.catalog(context);
        for (const { name } of judged.subject.tables) catalog.forget?.(name);
        const again = asAnother(call);
        return run(again, await reconsider(again));
      }
    },
  };
}

function register(jobs: JobRegistry, { call, judged }: Adopted, context: Context, result: Result): void {
  const [conceals, detectors] = [context.get(concealsKey), context.get(detectorsKey)];
  const job = jobOf(call, context, { ...judged, conceals, detectors }, result);
  if (job === undefined) return;
  jobs.add(job);
  registerResultTable(jobs, job, result);
}

/** A call with what was decided about it. */
interface Adopted {
  call: Call;
  judged: Judgement;
}

/** What counts for the call may change on the way: an approver may let another text run in place of its own. */
function leave(
  context: Context,
  compiled: CompiledPolicy,
  first: Adopted,
  reconsider: (call: Call) => Promise<Judgement>,
): Readonly<Adopted> {
  const adopted = { ...first };
  put(context, compiled, first.judged);
  context.set(reconsiderKey, async (again) => {
    const judged = await reconsider(again);
    const { decision, subject } = judged;
    return {
      decision,
      evidence: evidenceOf(subject),
      async adopt() {
        await recordDecision(context, decision, subject);
        put(context, compiled, judged);
        adopted.call = again;
        adopted.judged = judged;
      },
    };
  });
  return adopted;
}

function put(context: Context, compiled: CompiledPolicy, judged: Judgement): void {
  context.set(concealsKey, touchesMasked(compiled, judged.request));
  context.set(detectorsKey, detectorsOf(compiled, judged.request));
  context.set(decisionKey, judged.decision);
  context.set(analysisKey, judged.subject.analysis);
  context.set(tablesKey, judged.subject.tables);
  context.set(visibleTablesKey, judged.visible ?? []);
  // Nobody is shown anything where nobody is asked.
  if (judged.decision.effect === 'require-approval') context.set(evidenceKey, evidenceOf(judged.subject));
}

function evidenceOf({ analysis, tables, columns }: Subject): Evidence {
  return {
    kind: analysis?.facts.kind,
    tables: tables.map((table) => ({ name: table.name, etag: schemaDigest(table) })),
    columns,
    ...(analysis !== undefined && {
      fingerprint: analysis.facts.fingerprint,
      facts: digestOfFacts(analysis.facts),
    }),
  };
}

/**
 * BigQuery's etag of a table changes with every row that is written. What an approval is bound to is the schema, and
 * the text of a view.
 */
const schemaDigests = new WeakMap<CatalogTable, string>();

function schemaDigest(table: CatalogTable): string {
  const known = schemaDigests.get(table);
  if (known !== undefined) return known;
  const { name, kind, columns, view } = table;
  const digest = digestOf({ name, kind, columns, view: view ?? null });
  schemaDigests.set(table, digest);
  return digest;
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
