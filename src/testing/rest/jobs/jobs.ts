import type { JsonObject } from '../../../call/json.ts';
import { countAt, textAt } from '../fields.ts';
import { pageOf } from '../page.ts';
import { errorProto } from '../rest-error.ts';
import { noContent, ok } from '../rest-request.ts';
import type { Handler } from '../routes.ts';
import type { Service } from '../service.ts';
import type { Job } from './job.ts';
import { jobResource } from './job-resource.ts';

export const getJob =
  (service: Service): Handler =>
  ({ query }, { projectId = '', jobId = '' }) => {
    const job = service.jobs.get(projectId, jobId, textAt(query, 'location'));
    return ok(jobResource(job, service.userEmail));
  };

/** A job that has ended is left alone, and that is no error. */
export const cancelJob =
  (service: Service): Handler =>
  ({ query }, { projectId = '', jobId = '' }) => {
    const job = service.jobs.get(projectId, jobId, textAt(query, 'location'));
    job.cancel();
    return ok({ kind: 'bigquery#jobCancelResponse', job: jobResource(job, service.userEmail) });
  };

export const deleteJob =
  (service: Service): Handler =>
  ({ query }, { projectId = '', jobId = '' }) => {
    service.jobs.delete(service.jobs.get(projectId, jobId, textAt(query, 'location')));
    return noContent;
  };

export const listJobs =
  (service: Service): Handler =>
  ({ query, url }, { projectId = '' }) => {
    const states = new URL(url, 'http://stand-in.invalid').searchParams.getAll('stateFilter');
    const found = service.jobs.list(projectId).filter((job) => isListed(job, query, states));
    const page = pageOf(found, query, `jobs of ${projectId}`);
    const full = textAt(query, 'projection')?.toLowerCase() === 'full';
    return ok({
      kind: 'bigquery#jobList',
      etag: String(found.length),
      jobs: page.items.map((job) => listItem(job, service.userEmail, full)),
      ...(page.nextPageToken === undefined ? {} : { nextPageToken: page.nextPageToken }),
    });
  };

function isListed(job: Job, query: JsonObject, states: readonly string[]): boolean {
  const parent = textAt(query, 'parentJobId');
  if (parent !== undefined ? job.parentJobId !== parent : job.parentJobId !== undefined) return false;
  if (job.createdAt < (countAt(query, 'minCreationTime') ?? 0)) return false;
  if (job.createdAt > (countAt(query, 'maxCreationTime') ?? Infinity)) return false;
  return states.length === 0 || states.some((state) => state.toUpperCase() === stateOf(job));
}

function stateOf(job: Job): string {
  return job.outcome === undefined ? 'RUNNING' : 'DONE';
}

/** The list is short unless `projection=full`: no configuration. */
function listItem(job: Job, userEmail: string, full: boolean): object {
  const { configuration, selfLink: _, etag: __, ...rest } = jobResource(job, userEmail);
  const { outcome } = job;
  return {
    ...rest,
    ...(full ? { configuration } : {}),
    state: stateOf(job),
    ...(outcome?.kind === 'failed' ? { errorResult: errorProto(outcome.error) } : {}),
  };
}
