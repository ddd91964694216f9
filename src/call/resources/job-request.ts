import { anything, extended, one, shape } from '../fields.ts';
import { jobConfiguration, jobConfigurationLoad, jobConfigurationQuery } from './job-configuration.ts';
import { jobReference } from './reference.ts';
import type { Shape } from '../fields.ts';

/** Options of its own that the official client leaves in a query job. BigQuery ignores them. */
const clientQueryOptions: Shape = shape(
  'jobCreationMode maxResults pageToken parseJSON skipParsing timeoutMs',
  { types: anything, wrapIntegers: anything },
);

/** Likewise in the load job of an upload. */
const clientLoadOptions: Shape = shape('location reservation');

const configuration: Shape = extended(
  jobConfiguration,
  shape('', {
    query: one(extended(jobConfigurationQuery, clientQueryOptions)),
    load: one(extended(jobConfigurationLoad, clientLoadOptions)),
  }),
);

/** What a job is made from. The parts of a `Job` that only BigQuery writes cannot be sent. */
export const jobRequest: Shape = shape('kind', {
  configuration: one(configuration),
  jobReference: one(jobReference),
});
