import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../call/json.ts';
import { countAt, flagAt, objectAt, textAt } from '../fields.ts';
import { ok, type RestAnswer } from '../rest-request.ts';
import type { Handler } from '../routes.ts';
import type { Service } from '../service.ts';
import { timestampFormat } from '../timestamp-format.ts';
import { Job } from './job.ts';
import { locationOf } from './location.ts';
import { configurationOfRequest, readQueryConfiguration } from './query-configuration.ts';
import { queryOutcome, resultPage } from './query-results.ts';
import { dryRun, runQuery } from './run-query.ts';
import { waitFor } from './wait.ts';

const kind = 'bigquery#queryResponse';

/** `jobs.query`: starts a query job, waits for it, and answers its first page. */
export const jobsQuery =
  (service: Service): Handler =>
  async ({ body = {} }, { projectId = '' }) => {
    if (flagAt(body, 'dryRun') === true) return await answerDryRun(service, projectId, body);
    const format = timestampFormat(objectAt(body, 'formatOptions'));
    const job = startedJob(service, projectId, body) ?? (await startJob(service, projectId, body));
    await waitFor(job, countAt(body, 'timeoutMs'));
    const outcome = queryOutcome(job);
    const head = { kind, jobReference: job.reference, location: job.reference.location };
    if (outcome === undefined) return ok({ ...head, jobComplete: false });
    const page = await resultPage(job, outcome, pageQuery(body), format);
    return ok({ ...head, queryId: randomUUID(), ...page, ...timesOf(job), ...billing(outcome.bytesBilled) });
  };

/** The same `requestId` within the memory of the server is the same query. */
function startedJob(service: Service, projectId: string, body: JsonObject): Job | undefined {
  return service.jobs.byRequest(projectId, textAt(body, 'requestId'));
}

async function startJob(service: Service, projectId: string, body: JsonObject): Promise<Job> {
  const configuration = configurationOfRequest(body);
  const query = readQueryConfiguration(configuration, projectId, service);
  const location = await locationOf(service, query.request, textAt(body, 'location'));
  const reference = service.jobs.reserve(projectId, undefined, location);
  const run = (job: Job): ReturnType<typeof runQuery> => runQuery(service, job, query);
  const job = new Job({ reference, configuration, now: () => service.now(), run });
  service.jobs.add(job, textAt(body, 'requestId'));
  return job;
}

async function answerDryRun(service: Service, projectId: string, body: JsonObject): Promise<RestAnswer> {
  const query = readQueryConfiguration(configurationOfRequest(body), projectId, service);
  const { schema, result } = await dryRun(service, query);
  const location = await locationOf(service, query.request, textAt(body, 'location'));
  return ok({
    kind,
    jobReference: { projectId, location },
    location,
    jobComplete: true,
    cacheHit: false,
    totalBytesProcessed: String(result.totalBytesProcessed),
    ...(schema === undefined ? {} : { schema: { fields: schema } }),
  });
}

function pageQuery(body: JsonObject): JsonObject {
  const { maxResults } = body;
  return maxResults === undefined ? {} : { maxResults };
}

function timesOf(job: Job): object {
  const start = String(job.createdAt);
  return { creationTime: start, startTime: start, endTime: String(job.endedAt ?? job.createdAt) };
}

function billing(bytes: number): object {
  return { totalBytesBilled: String(bytes), totalSlotMs: '1' };
}
