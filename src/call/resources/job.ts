import { list, one, shape } from '../fields.ts';
import { jobConfiguration } from './job-configuration.ts';
import { jobStatistics } from './job-statistics.ts';
import { errorProto, jobReference } from './reference.ts';
import type { Shape } from '../fields.ts';

export const jobCreationReason: Shape = shape('code');

const jobStatus: Shape = shape('state', { errorResult: one(errorProto), errors: list(errorProto) });

export const job: Shape = shape('etag id kind principal_subject selfLink user_email', {
  configuration: one(jobConfiguration),
  jobCreationReason: one(jobCreationReason),
  jobReference: one(jobReference),
  statistics: one(jobStatistics),
  status: one(jobStatus),
});

export const jobList: Shape = shape('etag kind nextPageToken unreachable[]', {
  jobs: list(
    shape('id kind principal_subject state user_email', {
      configuration: one(jobConfiguration),
      errorResult: one(errorProto),
      jobReference: one(jobReference),
      statistics: one(jobStatistics),
      status: one(jobStatus),
    }),
  ),
});

export const jobCancelResponse: Shape = shape('kind', { job: one(job) });
