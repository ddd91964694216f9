import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../call/json.ts';
import { errorProto } from '../rest-error.ts';
import type { Job, JobReference } from './job.ts';
import { nameOf } from './job-store.ts';
import { jobStatistics } from './job-statistics.ts';

export interface JobResource {
  readonly kind: string;
  readonly etag: string;
  readonly id: string;
  readonly selfLink: string;
  readonly user_email: string;
  readonly configuration: object;
  readonly jobReference: JobReference;
  readonly statistics: object;
  readonly status: JsonObject;
  readonly jobCreationReason: object;
}

/** The Job resource of `jobs.insert`, `jobs.get` and `jobs.list`. */
export function jobResource(job: Job, userEmail: string): JobResource {
  const state = job.outcome === undefined ? 'RUNNING' : 'DONE';
  return {
    kind: 'bigquery#job',
    etag: createHash('sha256')
      .update(`${nameOf(job.reference)} ${state}`)
      .digest('base64'),
    id: nameOf(job.reference),
    selfLink: selfLink(job),
    user_email: userEmail,
    configuration: configurationOf(job),
    jobReference: job.reference,
    statistics: jobStatistics(job),
    status: jobStatus(job),
    jobCreationReason: { code: 'REQUESTED' },
  };
}

export function jobStatus(job: Job): JsonObject {
  const { outcome } = job;
  if (outcome === undefined) return { state: 'RUNNING' };
  if (outcome.kind !== 'failed') return { state: 'DONE' };
  const error = errorProto(outcome.error);
  return { errorResult: error, errors: [error], state: 'DONE' };
}

/** BigQuery writes the table that it chose for the rows into the configuration. */
function configurationOf(job: Job): object {
  const { outcome, configuration } = job;
  if (outcome?.kind !== 'query' || outcome.destination === undefined) return configuration;
  const query = configuration['query'];
  return { ...configuration, query: { ...Object(query), destinationTable: outcome.destination } };
}

function selfLink({ reference }: Job): string {
  const { projectId, jobId, location } = reference;
  return `https://bigquery.googleapis.com/bigquery/v2/projects/${projectId}/jobs/${jobId}?location=${location}`;
}
