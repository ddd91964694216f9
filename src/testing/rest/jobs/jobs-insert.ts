import type { JsonObject } from '../../../call/json.ts';
import { flagAt, objectAt, textAt } from '../fields.ts';
import { startLoad } from '../load/run-load.ts';
import { invalid, notImplemented } from '../rest-error.ts';
import { ok, type Media } from '../rest-request.ts';
import type { Handler } from '../routes.ts';
import type { Service } from '../service.ts';
import { Job, type Outcome } from './job.ts';
import { jobResource } from './job-resource.ts';
import { queryStatistics } from './job-statistics.ts';
import { locationOf } from './location.ts';
import { readQueryConfiguration, type QueryConfiguration } from './query-configuration.ts';
import { startCopy } from './run-copy.ts';
import { accuracyOf } from './accuracy.ts';
import { dryRun, runQuery } from './run-query.ts';

/** What a job does, and where. */
export interface Plan {
  readonly location: string;
  readonly run: (job: Job) => Promise<Outcome>;
}

/** `jobs.insert`: answers at once; how the job ends is asked with `jobs.get` or `jobs.getQueryResults`. */
export const jobsInsert =
  (service: Service): Handler =>
  async ({ body = {}, media }, { projectId = '' }) => {
    const configuration = objectAt(body, 'configuration');
    if (configuration === undefined) throw invalid('Required parameter is missing: configuration');
    const asked = askedReference(body);
    if (flagAt(configuration, 'dryRun') === true) {
      return ok(await dryRunResource(service, projectId, configuration, asked.location));
    }
    const plan = await planOf(service, projectId, configuration, asked.location, media);
    const reference = service.jobs.reserve(projectId, asked.jobId, plan.location);
    const named = { jobType: typeOf(configuration), ...configuration };
    const job = new Job({ reference, configuration: named, now: () => service.now(), run: plan.run });
    service.jobs.add(job);
    return ok(jobResource(job, service.userEmail));
  };

function askedReference(body: JsonObject): { jobId: string | undefined; location: string | undefined } {
  const reference = objectAt(body, 'jobReference');
  return {
    jobId: textAt(reference, 'jobId') || undefined,
    location: textAt(reference, 'location') || undefined,
  };
}

const kinds = ['query', 'load', 'copy', 'extract'] as const;

function typeOf(configuration: JsonObject): string {
  const found = kinds.filter((kind) => configuration[kind] !== undefined);
  if (found.length !== 1) {
    throw invalid('A job configuration has exactly one of query, load, copy and extract.');
  }
  return String(found[0]).toUpperCase();
}

function planOf(
  service: Service,
  projectId: string,
  configuration: JsonObject,
  asked: string | undefined,
  media: Media | undefined,
): Promise<Plan> {
  switch (typeOf(configuration)) {
    case 'QUERY':
      return planQuery(service, readQueryConfiguration(configuration, projectId, service), asked);
    case 'LOAD':
      return startLoad(service, projectId, configuration, asked, media);
    case 'COPY':
      return startCopy(service, projectId, configuration, asked);
    default:
      throw notImplemented('extract jobs');
  }
}

async function planQuery(
  service: Service,
  query: QueryConfiguration,
  asked: string | undefined,
): Promise<Plan> {
  const location = await locationOf(service, query.request, asked);
  return { location, run: (job) => runQuery(service, job, query) };
}

/** A dry run is no job: its reference has no id. */
async function dryRunResource(
  service: Service,
  projectId: string,
  configuration: JsonObject,
  asked: string | undefined,
): Promise<object> {
  if (typeOf(configuration) !== 'QUERY') throw invalid('Only query jobs can be dry runs.');
  const query = readQueryConfiguration(configuration, projectId, service);
  const outcome = await dryRun(service, query);
  const location = await locationOf(service, query.request, asked);
  const totalBytesProcessed = String(outcome.result.totalBytesProcessed);
  const totalBytesProcessedAccuracy = await accuracyOf(service, outcome.result);
  return {
    kind: 'bigquery#job',
    configuration: { jobType: 'QUERY', ...configuration },
    jobReference: { projectId, location },
    statistics: {
      creationTime: String(service.now().getTime()),
      totalBytesProcessed,
      query: { ...queryStatistics(outcome), totalBytesProcessedAccuracy },
    },
    status: { state: 'DONE' },
    user_email: service.userEmail,
  };
}
