import { GuardError } from '../errors.ts';
import { isId } from './ids.ts';
import { copyFields } from './copy-fields.ts';
import { isJsonObject } from './json.ts';
import { jobTypeOf, operations } from './operations.ts';
import { referenceFlaw } from './reference.ts';
import type { Call } from './call.ts';
import type { Json, JsonObject } from './json.ts';
import type { HttpMethod, Operation, PathPart } from './operation.ts';

/** What goes on the wire, made anew from the call. */
export interface RebuiltRequest {
  readonly method: HttpMethod;
  /** Encoded, below `/bigquery/v2`: `/projects/acme/queries`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly body: JsonObject | undefined;
  /** Whether it goes to the upload endpoint, with the stream of `call.upload`. */
  readonly upload: boolean;
}

/**
 * Makes the request for a call from the fields that its method may send. A field or parameter that is not in the
 * table is a refusal that names it: dropping it would run something else than was asked, passing it on something
 * that was not judged.
 */
export function rebuildRequest(call: Call): RebuiltRequest {
  const operation = operations.get(call.operation);
  const flaw = operation === undefined ? unknownFlaw(call) : (call.flaw ?? requestFlaw(operation, call));
  if (operation === undefined || flaw !== undefined) throw refusal(call, flaw ?? unknownFlaw(call));
  return {
    method: operation.method,
    path: `/${operation.parts.map((part) => encodePart(part, call)).join('/')}`,
    query: { ...call.query },
    body: rebuildBody(operation, call.body),
    upload: call.upload !== undefined,
  };
}

/** The first thing about a request that keeps it from being sent; undefined when it is well-formed. */
export function requestFlaw(operation: Operation, call: Call): string | undefined {
  return (
    idFlaw(operation, call) ??
    queryFlaw(operation, call) ??
    bodyFlaw(operation, call.body) ??
    referenceFlaw(operation, call) ??
    jobFlaw(operation, call.body) ??
    uploadFlaw(operation, call)
  );
}

function idFlaw(operation: Operation, { ids }: Call): string | undefined {
  const part = operation.parts.find((entry) => entry.kind === 'id' && !isId(entry.id, ids[entry.id] ?? ''));
  return part?.kind === 'id' ? `${operation.name} needs a valid ${part.id}.` : undefined;
}

function queryFlaw(operation: Operation, { query, upload }: Call): string | undefined {
  for (const [name, value] of Object.entries(query)) {
    const repeatable =
      operation.query.get(name) ?? (upload !== undefined && name === 'uploadType' ? false : undefined);
    if (repeatable === undefined)
      return `The query parameter ${quoted(name)} is not known for ${operation.name}.`;
    if (typeof value !== 'string' && !repeatable)
      return `The query parameter ${quoted(name)} stands there twice.`;
    if (name === 'alt' && value !== 'json') return 'The query parameter "alt" can only be "json".';
  }
  return undefined;
}

function bodyFlaw(operation: Operation, body: JsonObject | undefined): string | undefined {
  if (body === undefined) return undefined;
  let first: string | undefined;
  copyFields(operation.request ?? new Map(), body, (path) => (first ??= path));
  if (first === undefined) return undefined;
  return `The request field ${quoted(first)} is not known for ${operation.name}, or has another form there.`;
}

function jobFlaw({ name }: Operation, body: JsonObject | undefined): string | undefined {
  if (name === 'jobs.query')
    return typeof body?.['query'] === 'string' ? undefined : 'jobs.query needs SQL text.';
  if (name !== 'jobs.insert' || jobTypeOf(body) !== undefined) return undefined;
  return 'The configuration names no job, several, or contradicts its jobType.';
}

function uploadFlaw(operation: Operation, { upload, body }: Call): string | undefined {
  if (upload === undefined || (operation.upload && jobTypeOf(body) === 'load')) return undefined;
  return 'Only a load job can come with an upload.';
}

function rebuildBody(operation: Operation, body: JsonObject | undefined): JsonObject | undefined {
  if (body === undefined || operation.request === undefined) return undefined;
  return copyFields(operation.request, body, () => {});
}

function encodePart(part: PathPart, { ids }: Call): string {
  if (part.kind === 'word') return part.word;
  return encodeId(ids[part.id] ?? '') + part.suffix;
}

/** Everything but letters, digits, `-_.~` and the colon of a domain's project, as the official client does it. */
function encodeId(id: string): string {
  return encodeURIComponent(id).replaceAll('%3A', ':');
}

export function unknownFlaw(call: Call): string {
  return call.flaw ?? `${call.method} ${quoted(call.path)} is not a method of the BigQuery v2 interface.`;
}

/** The refusal of a call that is not well-formed. It is a denial: nothing was sent, and trying again is in vain. */
export function refusal(call: Call, flaw: string): GuardError {
  return new GuardError('ERR_POLICY_DENIED', `${flaw} The call was refused and nothing was sent.`, {
    callId: call.id,
    reasons: [{ rule: 'operations', message: flaw }],
  });
}

const longestQuote = 200;

function quoted(text: string): string {
  return JSON.stringify(text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text);
}

/** Keeps of an answer what the method is known to answer. Rows are handed on as they are. */
export function filterResponse(call: Call, body: Json): Json {
  if (!isJsonObject(body)) return body === '' ? '' : null;
  const shape = operations.get(call.operation)?.response;
  return shape === undefined ? {} : copyFields(shape, body, () => {});
}
