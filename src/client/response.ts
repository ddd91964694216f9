import type { Json } from '../call/json.ts';

/** The parts of an HTTP response that users of the official client read. */
export interface ClientResponse {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
  readonly request: { readonly agent: false; readonly headers: Readonly<Record<string, string>> };
  readonly toJSON: () => { readonly headers: Readonly<Record<string, string>> };
}

/** A response with the members that the official client's has, without its being a stream. */
export function responseOf(
  statusCode: number,
  body: Json | undefined,
  headers: Readonly<Record<string, string>>,
  statusMessage: string = statusCode === 403 ? 'Forbidden' : statusCode < 300 ? 'OK' : '',
): ClientResponse {
  return {
    statusCode,
    statusMessage,
    headers,
    body,
    request: { agent: false, headers: {} },
    toJSON: () => ({ headers }),
  };
}

/** The official client puts the parsed body on the response too; there it must be the one that is handed out. */
export function withBody(response: unknown, body: Json): unknown {
  if (typeof response === 'object' && response !== null) Reflect.set(response, 'body', body);
  return response;
}

const secretHeaders = new Set(['authorization', 'x-goog-api-key', 'proxy-authorization']);

/** A response carries its request's headers, and errors carry responses: into logs, for instance. */
export function forgetCredentials(response: unknown): void {
  const headers = member(member(response, 'request'), 'headers');
  if (headers instanceof Headers) for (const name of secretHeaders) headers.delete(name);
  else if (typeof headers === 'object' && headers !== null) forgetIn(headers);
}

function forgetIn(headers: object): void {
  for (const name of Object.keys(headers)) {
    if (secretHeaders.has(name.toLowerCase())) Reflect.deleteProperty(headers, name);
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
