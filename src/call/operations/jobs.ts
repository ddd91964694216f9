import { operation } from '../operation.ts';
import { jobRequest } from '../resources/job-request.ts';
import { job, jobCancelResponse, jobList } from '../resources/job.ts';
import { getQueryResultsResponse, queryRequest, queryResponse } from '../resources/query.ts';
import type { Operation } from '../operation.ts';

const formatOptions = 'formatOptions.timestampOutputFormat formatOptions.useInt64Timestamp';

/** The class of `jobs.query` and `jobs.insert` is only where it starts: see `classOf`. */
export const jobs: readonly Operation[] = [
  operation('jobs.query', 'POST /projects/{projectId}/queries', 'read', {
    request: queryRequest,
    response: queryResponse,
  }),
  operation('jobs.getQueryResults', 'GET /projects/{projectId}/queries/{jobId}', 'job', {
    query: `${formatOptions} location maxResults pageToken startIndex timeoutMs skipParsing`,
    response: getQueryResultsResponse,
  }),
  operation('jobs.insert', 'POST /projects/{projectId}/jobs', 'job', {
    request: jobRequest,
    response: job,
    reference: 'jobReference',
    creates: 'jobId',
    upload: true,
  }),
  operation('jobs.get', 'GET /projects/{projectId}/jobs/{jobId}', 'job', {
    query: 'location',
    response: job,
  }),
  operation('jobs.list', 'GET /projects/{projectId}/jobs', 'job', {
    query: `allUsers maxCreationTime maxResults minCreationTime pageToken parentJobId projection stateFilter[]`,
    response: jobList,
  }),
  operation('jobs.cancel', 'POST /projects/{projectId}/jobs/{jobId}/cancel', 'job', {
    query: 'location',
    response: jobCancelResponse,
  }),
  operation('jobs.delete', 'DELETE /projects/{projectId}/jobs/{jobId}/delete', 'admin', {
    query: 'location',
  }),
];
