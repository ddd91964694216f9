import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import type { Result } from '../../call/result.ts';
import { concealJob } from '../masking/conceal-job.ts';
import type { Decision } from './decision.ts';
import type { JobRecord, JobRegistry } from './job-registry.ts';

/** Whoever may not list all jobs, and is not denied it by a rule either, gets the list of its own. */
export function listsOwnJobs({ operation }: Call, { effect, rules }: Decision): boolean {
  return operation === 'jobs.list' && effect === 'deny' && rules.length === 0;
}

/** Keeps of a page of jobs those of the principal, each with its own SQL and without what masks keep back. */
export function ownJobs(result: Result, call: Call, { principal }: Context, jobs: JobRegistry): Result {
  return eachJob(result, (job) => {
    const record = recordOf(job, call, jobs);
    return record?.principalId === principal.id ? [asSent(job, record)] : [];
  });
}

/** Jobs of others, for whom a rule opens them: what was made of a statement is not for its readers either. */
export function othersJobs(result: Result, call: Call, jobs: JobRegistry): Result {
  const original = (job: JsonObject): JsonObject => asSent(job, recordOf(job, call, jobs));
  if (call.operation === 'jobs.list') return eachJob(result, (job) => [original(job)]);
  if (!isJsonObject(result.body)) return result;
  const { job } = result.body;
  if (call.operation === 'jobs.get') return { ...result, body: original(result.body) };
  if (call.operation !== 'jobs.cancel' || !isJsonObject(job)) return result;
  return { ...result, body: { ...result.body, job: original(job) } };
}

function eachJob(result: Result, keep: (job: JsonObject) => readonly JsonObject[]): Result {
  const { body } = result;
  if (!isJsonObject(body)) return { ...result, body: {} };
  const { jobs: listed, ...page } = body;
  const kept = (Array.isArray(listed) ? listed : []).flatMap((job: Json) =>
    isJsonObject(job) ? keep(job) : [],
  );
  return { ...result, body: kept.length === 0 ? page : { ...page, jobs: kept } };
}

function recordOf(job: JsonObject, { project }: Call, jobs: JobRegistry): JobRecord | undefined {
  const { jobId, location } = isJsonObject(job['jobReference']) ? job['jobReference'] : {};
  if (typeof jobId !== 'string') return undefined;
  return jobs.find(project, jobId, typeof location === 'string' ? location : undefined);
}

function asSent(job: JsonObject, record: JobRecord | undefined): JsonObject {
  if (record?.sql === undefined) return job;
  const { body } = concealJob({ status: 200, body: job, headers: {} }, { ...record, sql: record.sql });
  return isJsonObject(body) ? body : {};
}
