import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import { sizeOf } from './bytes.ts';

/** How a job stands, as far as an answer tells. */
export type JobEnd =
  | { readonly kind: 'running' }
  /** It has ended, but this answer does not say what it billed. */
  | { readonly kind: 'ended' }
  /** `bytes` is undefined where what it says of it makes no sense. */
  | { readonly kind: 'billed'; readonly bytes: bigint | undefined };

export interface JobName {
  readonly projectId: string;
  readonly jobId: string;
  readonly location: string;
}

/** The job that an answer tells of. The location belongs to its name: the same id may be used in another one. */
export function jobNameIn(body: Json): JobName | undefined {
  const reference = isJsonObject(body) ? body['jobReference'] : undefined;
  if (!isJsonObject(reference)) return undefined;
  const { projectId, jobId, location } = reference;
  if (typeof projectId !== 'string' || typeof jobId !== 'string') return undefined;
  return { projectId, jobId, location: typeof location === 'string' ? location : '' };
}

export const jobText = ({ projectId, location, jobId }: JobName): string =>
  JSON.stringify([projectId, location, jobId]);

export function jobFromText(text: string): JobName | undefined {
  const parts: unknown = JSON.parse(text);
  if (!Array.isArray(parts)) return undefined;
  const [projectId, location, jobId]: readonly unknown[] = parts;
  if (typeof projectId !== 'string' || typeof location !== 'string' || typeof jobId !== 'string')
    return undefined;
  return { projectId, location, jobId };
}

/** Of the answers of jobs.query and jobs.getQueryResults, and of a job resource. */
export function jobEnd(body: Json): JobEnd {
  if (!isJsonObject(body)) return { kind: 'ended' };
  return 'status' in body ? resourceEnd(body) : resultsEnd(body);
}

function resultsEnd(body: JsonObject): JobEnd {
  if (body['jobComplete'] !== true) return { kind: 'running' };
  const billed = body['totalBytesBilled'];
  return billed === undefined ? { kind: 'ended' } : { kind: 'billed', bytes: sizeOf(billed) };
}

function resourceEnd(body: JsonObject): JobEnd {
  const { status, statistics, configuration } = body;
  if (!isJsonObject(status) || status['state'] !== 'DONE') return { kind: 'running' };
  const query = isJsonObject(statistics) ? statistics['query'] : undefined;
  const billed = isJsonObject(query) ? query['totalBytesBilled'] : undefined;
  if (billed !== undefined) return { kind: 'billed', bytes: sizeOf(billed) };
  const isQuery = !isJsonObject(configuration) || isJsonObject(configuration['query']);
  // Loads, copies and extracts are free.
  return { kind: 'billed', bytes: isQuery && !failedFree(body) ? undefined : 0n };
}

/** A query that failed bills nothing; one that was stopped may, and so may the statements of a script before. */
function failedFree({ status, statistics }: JsonObject): boolean {
  const error = isJsonObject(status) ? status['errorResult'] : undefined;
  const isScript = isJsonObject(statistics) && statistics['numChildJobs'] !== undefined;
  return isJsonObject(error) && error['reason'] !== 'stopped' && !isScript;
}
