import { newId } from './new-id.ts';
import { locate, splitTarget } from './address.ts';
import { freezeCall } from './freeze.ts';
import { headerFlaw } from './headers.ts';
import { classOf, operationOf, unknownOperation } from './operations.ts';
import { replaceProjectId } from './project-token.ts';
import { readQuery } from './query-parameters.ts';
import { requestFlaw } from './rebuild.ts';
import { createdIds } from './reference.ts';
import { readBody, readMultipart } from './request-body.ts';
import type { ClientTarget } from './address.ts';
import type { Call, CallIds, Upload } from './call.ts';
import type { Operation, Route } from './operations.ts';
import type { QueryParameters } from './query-parameters.ts';

export { replaceProjectId } from './project-token.ts';
export type { ClientTarget } from './address.ts';

/** The request options that reach `makeAuthenticatedRequest` of the official client. */
export interface ClientRequest {
  readonly method?: unknown;
  readonly uri?: unknown;
  readonly url?: unknown;
  readonly qs?: unknown;
  readonly query?: unknown;
  readonly json?: unknown;
  readonly body?: unknown;
  readonly form?: unknown;
  readonly formData?: unknown;
  readonly multipart?: unknown;
  readonly headers?: unknown;
}

/** A request as an HTTP server received it. */
export interface HttpRequest {
  readonly method: string;
  /** The request target as it stood on the wire: path and query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The parsed JSON body; for an upload its metadata part. */
  readonly body?: unknown;
  readonly upload?: Upload | undefined;
  /** The project of calls that name none. */
  readonly projectId?: string;
}

/** What both doors come down to. */
interface Parts {
  readonly id: string;
  readonly route: Route;
  readonly method: string;
  readonly path: string;
  readonly query: QueryParameters;
  readonly body: unknown;
  readonly upload: Upload | undefined;
  readonly project: string;
  readonly flaw: string | undefined;
}

/**
 * Makes the call of a request of the official client. It never throws: what cannot be sent as it stands becomes
 * a call with a `flaw`, so that it is recorded before it is refused.
 */
export function fromClientRequest(request: ClientRequest, target: ClientTarget, id: string = newId()): Call {
  const uri = replaceProjectId(addressText(request.uri ?? request.url), target.projectId);
  const method = typeof request.method === 'string' ? request.method.toUpperCase() : 'GET';
  const { path, search, flaw } = locate(uri, target);
  const media = readMultipart(request.multipart);
  return createCall({
    id,
    route: operationOf(flaw === undefined ? method : '', path),
    method,
    path,
    query: readQuery(search, request.qs ?? request.query),
    body: media === undefined ? (request.json ?? request.body) : media.metadata,
    upload: media?.upload,
    project: target.projectId,
    flaw: flaw ?? headerFlaw(request.headers) ?? formFlaw(request, media !== undefined),
  });
}

/** Makes the call of an HTTP request in BigQuery's own REST interface. It never throws either. */
export function fromHttpRequest(request: HttpRequest, id: string = newId()): Call {
  const { path, search, flaw } = splitTarget(request.url);
  return createCall({
    id,
    route: operationOf(flaw === undefined ? request.method : '', path),
    method: request.method,
    path,
    query: readQuery(search, undefined),
    body: request.body,
    upload: request.upload,
    project: request.projectId ?? '',
    flaw: flaw ?? headerFlaw(request.headers),
  });
}

function createCall(parts: Parts): Call {
  const { operation, ids, endpoint } = parts.route;
  const project = ids.projectId ?? parts.project;
  const { body, flaw } = readBody(parts.body, project);
  const known = operation !== unknownOperation;
  const call: Call = {
    id: parts.id,
    operation: operation.name,
    class: classOf(operation, body),
    project,
    ids: { ...createdIds(operation, body), ...ids },
    query: parts.query,
    body,
    upload: parts.upload,
    method: parts.method,
    path: known ? pathOf(operation, ids) : parts.path.slice(0, longestPath),
  };
  const media = (endpoint === 'rest') === (parts.upload === undefined) ? undefined : noMedia;
  const first = parts.flaw ?? flaw ?? (known ? (media ?? requestFlaw(operation, call)) : undefined);
  return freezeCall(first === undefined ? call : { ...call, flaw: first });
}

const longestPath = 1024;

const noMedia = 'Media goes to the upload address, and nothing else does.';

function pathOf(operation: Operation, ids: CallIds): string {
  const parts = operation.parts.map((part) =>
    part.kind === 'word' ? part.word : `${ids[part.id]}${part.suffix}`,
  );
  return `/${parts.join('/')}`;
}

function addressText(value: unknown): string {
  return value instanceof URL ? value.href : typeof value === 'string' ? value : '';
}

function formFlaw(request: ClientRequest, isUpload: boolean): string | undefined {
  const odd = request.form !== undefined || request.formData !== undefined;
  if (odd || (request.multipart !== undefined && !isUpload))
    return 'The form of the request body is not known.';
  return undefined;
}
