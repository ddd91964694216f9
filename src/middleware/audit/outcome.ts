import type { Call } from '../../call/call.ts';
import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import type { Result } from '../../call/result.ts';
import type { CallFinished } from './events/call-finished.ts';
import type { ResultRecorded } from './events/result-recorded.ts';
import { canonicalText, sha256 } from './canonical.ts';

type Outcome = Omit<CallFinished, 'durationMs' | 'sent' | 'resultDigest'>;

/** What the answer says of itself: sizes and states, never values. */
export function outcomeOf(call: Call, result: Result): Outcome {
  const about = { operation: call.operation, status: result.status };
  return isJsonObject(result.body) ? { ...about, ...outcomeOfBody(result.body) } : about;
}

/** What an answer or the resource of a job says of itself. */
export function outcomeOfBody(body: JsonObject): Partial<Omit<Outcome, 'operation' | 'status'>> {
  const statistics = object(body['statistics']);
  const query = object(statistics['query']);
  const state = object(body['status']);
  return defined({
    jobComplete: boolean(body['jobComplete']),
    jobState: string(state['state']),
    jobError: string(object(state['errorResult'])['reason']),
    statementType: string(query['statementType']),
    bytesProcessed: number(
      body['totalBytesProcessed'] ?? query['totalBytesProcessed'] ?? statistics['totalBytesProcessed'],
    ),
    bytesBilled: number(query['totalBytesBilled'] ?? body['totalBytesBilled']),
    cacheHit: boolean(body['cacheHit'] ?? query['cacheHit']),
    rows: Array.isArray(body['rows']) ? body['rows'].length : undefined,
    totalRows: number(body['totalRows']),
    affectedRows: number(body['numDmlAffectedRows'] ?? query['numDmlAffectedRows']),
  });
}

/** The job that an answer or a path names, as `project:location.jobId`. */
export function jobOf(call: Call, result?: Result): string | undefined {
  const body = isJsonObject(result?.body) ? result.body : {};
  const reference = object(body['jobReference']);
  const { projectId, location, jobId } = reference;
  if (typeof jobId === 'string') return jobName(string(projectId) ?? call.project, string(location), jobId);
  return call.ids.jobId === undefined
    ? undefined
    : jobName(call.project, string(call.query['location']), call.ids.jobId);
}

/** The job that a request names as the one to be made. */
export function jobAsked({ project, body, operation }: Call): string | undefined {
  const { jobId, location } = object(operation === 'jobs.insert' ? body?.['jobReference'] : undefined);
  return typeof jobId === 'string' ? jobName(project, string(location), jobId) : undefined;
}

function jobName(project: string, location: string | undefined, id: string): string {
  return location === undefined ? `${project}:${id}` : `${project}:${location}.${id}`;
}

/** The digest of the rows, for answers that have any. */
export function resultOf(result: Result): ResultRecorded | undefined {
  if (!isJsonObject(result.body) || !Array.isArray(result.body['rows'])) return undefined;
  const rows: readonly Json[] = result.body['rows'];
  const text = canonicalText(rows);
  return {
    digest: sha256(text),
    bytes: Buffer.byteLength(text),
    rows: rows.length,
    columns: columns(result.body),
  };
}

function columns(body: JsonObject): readonly string[] {
  const fields = object(body['schema'])['fields'];
  if (!Array.isArray(fields)) return [];
  return fields.map((field: Json) => string(object(field)['name']) ?? '');
}

function object(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function string(value: Json | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function boolean(value: Json | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** 64-bit numbers arrive as text. */
function number(value: Json | undefined): number | undefined {
  const found = typeof value === 'string' ? Number(value) : value;
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
}

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

function defined<T extends object>(members: T): Defined<T>;
function defined(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
