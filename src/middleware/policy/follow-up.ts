import type { Call } from '../../call/call.ts';
import { contextKey, type Context, type ContextKey } from '../../call/context.ts';
import { tableKey, type JobRecord, type JobRegistry } from './job-registry.ts';

/** Where the record of the job that a call follows up is left for the layers inside. */
export const followedJobKey: ContextKey<JobRecord | undefined> = contextKey('followed job', undefined);

const jobMethods = new Set(['jobs.get', 'jobs.getQueryResults', 'jobs.cancel']);
const tableMethods = new Set(['tabledata.list', 'tables.get']);

/** The job of this principal that a call asks about, directly or by the anonymous table of its result. */
export function followedJob(call: Call, { principal }: Context, jobs: JobRegistry): JobRecord | undefined {
  const record = find(call, jobs);
  return record?.principalId === principal.id ? record : undefined;
}

function find({ operation, project, ids, query }: Call, jobs: JobRegistry): JobRecord | undefined {
  const { jobId, datasetId, tableId } = ids;
  const { location } = query;
  if (jobMethods.has(operation) && jobId !== undefined) {
    return jobs.find(project, jobId, typeof location === 'string' ? location : undefined);
  }
  if (tableMethods.has(operation) && datasetId !== undefined && tableId !== undefined) {
    return jobs.findByResultTable(tableKey(project, datasetId, tableId));
  }
  return undefined;
}

/**
 * The call, about exactly the job that was found: where it names no location, BigQuery would look for the id itself,
 * and could find somebody else's job.
 */
export function inLocationOf(job: JobRecord, call: Call): Call {
  const { operation, query } = call;
  if (!jobMethods.has(operation) || job.location === undefined || query['location'] !== undefined)
    return call;
  return { ...call, query: { ...query, location: job.location } };
}
