import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../call/json.ts';
import { countAt, textAt } from '../fields.ts';
import { pageStart, rowPage } from '../page.ts';
import { invalid } from '../rest-error.ts';
import { ok } from '../rest-request.ts';
import type { Handler } from '../routes.ts';
import type { Service } from '../service.ts';
import { formatTimestamps, timestampFormat, type TimestampFormat } from '../timestamp-format.ts';
import type { Job, QueryOutcome } from './job.ts';
import { dmlFields } from './job-statistics.ts';
import { waitFor } from './wait.ts';

/** `jobs.getQueryResults`. */
export const getQueryResults =
  (service: Service): Handler =>
  async ({ query }, { projectId = '', jobId = '' }) => {
    const job = service.jobs.get(projectId, jobId, textAt(query, 'location'));
    const format = timestampFormat(query, 'formatOptions.');
    await waitFor(job, countAt(query, 'timeoutMs'));
    const kind = 'bigquery#getQueryResultsResponse';
    const outcome = queryOutcome(job);
    if (outcome === undefined) return ok({ kind, jobReference: job.reference, jobComplete: false });
    const page = await resultPage(job, outcome, query, format);
    return ok({ kind, etag: etagOf(job, query), jobReference: job.reference, ...page });
  };

/** The outcome of a query that has ended; a job that failed throws its error. */
export function queryOutcome(job: Job): QueryOutcome | undefined {
  const { outcome } = job;
  if (outcome === undefined || outcome.kind === 'query') return outcome;
  if (outcome.kind === 'failed') throw outcome.error;
  throw invalid(`The job is a ${outcome.kind} job; only query jobs have query results.`);
}

/** Schema and one page of rows; an empty page has no `rows` at all, as some clients rely on. */
export async function resultPage(
  job: Job,
  outcome: QueryOutcome,
  query: JsonObject,
  format: TimestampFormat,
): Promise<object> {
  const base = { jobComplete: true, cacheHit: false, ...dmlFields(outcome.result) };
  const totalBytesProcessed = String(outcome.result.totalBytesProcessed);
  if (outcome.schema === undefined) return { ...base, totalBytesProcessed, totalRows: '0' };
  const scope = job.reference.jobId;
  const page = await rowPage(outcome.rows, pageStart(query, scope), countAt(query, 'maxResults'), scope);
  return {
    ...base,
    schema: { fields: outcome.schema },
    totalBytesProcessed,
    totalRows: String(outcome.rows.totalRows),
    ...(page.nextPageToken === undefined ? {} : { pageToken: page.nextPageToken }),
    ...(page.items.length === 0 ? {} : { rows: formatTimestamps(outcome.schema, page.items, format) }),
  };
}

function etagOf(job: Job, query: JsonObject): string {
  const text = `${job.reference.jobId} ${textAt(query, 'pageToken') ?? ''}`;
  return createHash('sha256').update(text).digest('base64');
}
