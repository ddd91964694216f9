import type { Call } from '../../call/call.ts';
import { contextKey, type Context, type ContextKey } from '../../call/context.ts';
import { isJsonObject, type JsonObject } from '../../call/json.ts';
import type { Result } from '../../call/result.ts';

/** What the statements of a call do, where that was analysed: only read, or change something as well. */
export type StatementEffect = 'reads' | 'changes';

export const effectKey: ContextKey<StatementEffect | undefined> = contextKey<StatementEffect | undefined>(
  'statement effect',
  undefined,
);

/** Whether jobs.query would run something under an id that nobody knows before the answer. */
export function needsJob(call: Call, context: Context): boolean {
  return (
    call.operation === 'jobs.query' && call.body?.['dryRun'] !== true && context.get(effectKey) === 'changes'
  );
}

/** Fields of jobs.query that are fields of the job, and those that only say how to answer. */
const ofJob = ['jobTimeoutMs', 'labels', 'maxSlots', 'reservation'];
const ofAnswer = [
  'formatOptions',
  'jobCreationMode',
  'kind',
  'location',
  'maxResults',
  'preserveNulls',
  'requestId',
  'timeoutMs',
];

/** The same statement as jobs.insert. */
export function asJob(call: Call): Call {
  const body = call.body ?? {};
  const query = Object.entries(body).filter(([name]) => !ofJob.includes(name) && !ofAnswer.includes(name));
  const settings = Object.entries(body).filter(([name]) => ofJob.includes(name));
  const { location } = body;
  return {
    ...call,
    operation: 'jobs.insert',
    path: `/projects/${call.project}/jobs`,
    body: {
      configuration: { ...Object.fromEntries(settings), query: Object.fromEntries(query) },
      ...(typeof location === 'string' && { jobReference: { projectId: call.project, location } }),
    },
  };
}

/** The request for what jobs.query would have answered. */
export function resultsOf(asked: Call, inserted: Result): Call | undefined {
  const reference = isJsonObject(inserted.body) ? inserted.body['jobReference'] : undefined;
  if (!isJsonObject(reference) || typeof reference['jobId'] !== 'string') return undefined;
  const { jobId, location } = reference;
  return {
    ...asked,
    operation: 'jobs.getQueryResults',
    class: 'job',
    method: 'GET',
    path: `/projects/${asked.project}/queries/${jobId}`,
    ids: { projectId: asked.project, jobId },
    query: {
      ...queryOf(asked.body ?? {}),
      ...(typeof location === 'string' && { location }),
    },
    body: undefined,
  };
}

function queryOf({ maxResults, timeoutMs, formatOptions }: JsonObject): Record<string, string> {
  const format = isJsonObject(formatOptions) ? formatOptions : {};
  const all = {
    maxResults,
    timeoutMs,
    'formatOptions.useInt64Timestamp': format['useInt64Timestamp'],
    'formatOptions.timestampOutputFormat': format['timestampOutputFormat'],
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (isScalar(value) ? [[name, `${value}`]] : [])),
  );
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** The answer under the name that the caller expects. */
export function asQueryAnswer({ status, headers, body }: Result): Result {
  return { status, headers, body: isJsonObject(body) ? { ...body, kind: 'bigquery#queryResponse' } : body };
}
