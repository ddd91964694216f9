import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import type { Result } from '../../call/result.ts';
import { concealJob } from '../masking/conceal-job.ts';
import type { Decision } from './decision.ts';
import type { JobRegistry } from './job-registry.ts';

/** Whoever may not list all jobs, and is not denied it by a rule either, gets the list of its own. */
export function listsOwnJobs({ operation }: Call, { effect, rules }: Decision): boolean {
  return operation === 'jobs.list' && effect === 'deny' && rules.length === 0;
}

/** Keeps of a page of jobs those of the principal, each with its own SQL and without what masks keep back. */
export function ownJobs(result: Result, call: Call, { principal }: Context, jobs: JobRegistry): Result {
  const { body } = result;
  if (!isJsonObject(body)) return { ...result, body: {} };
  const listed: Json | undefined = body['jobs'];
  const { jobs: _all, ...page } = body;
  const own = (Array.isArray(listed) ? listed : []).flatMap((job: Json): readonly JsonObject[] => {
    const concealed = isJsonObject(job) ? ownJob(job, call, principal.id, jobs) : undefined;
    return concealed === undefined ? [] : [concealed];
  });
  return { ...result, body: own.length === 0 ? page : { ...page, jobs: own } };
}

function ownJob(
  job: JsonObject,
  { project }: Call,
  principalId: string,
  jobs: JobRegistry,
): JsonObject | undefined {
  const reference = isJsonObject(job['jobReference']) ? job['jobReference'] : {};
  const { jobId, location } = reference;
  if (typeof jobId !== 'string') return undefined;
  const record = jobs.find(project, jobId, typeof location === 'string' ? location : undefined);
  if (record?.principalId !== principalId) return undefined;
  if (record.sql === undefined) return job;
  const { body } = concealJob({ status: 200, body: job, headers: {} }, record.sql, record.masked);
  return isJsonObject(body) ? body : undefined;
}
