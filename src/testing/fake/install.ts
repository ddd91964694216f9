import { Readable } from 'node:stream';
import { isJsonObject, type JsonObject } from '../../call/json.ts';
import type { Handle } from '../rest/listen.ts';
import { GuardError } from '../../errors.ts';
import { readJsonObject } from '../rest/multipart.ts';
import { readTarget, type Media, type RestAnswer, type RestRequest } from '../rest/rest-request.ts';

/** The property of an official client through which all its requests go. */
export interface OfficialClient {
  makeAuthenticatedRequest: object;
}

const guardedBy: unique symbol = Symbol.for('bigquery-guard.guarded-by');
const guardedAlready =
  'This client is guarded, and the fake would take the place of its guard. Install the fake first, then guard the client.';

type Answered = (error: Error | null, body?: unknown, response?: unknown) => void;
interface Upload {
  onAuthenticated(error: Error | null, request?: object): void;
}

/** Makes a client ask `handle` instead of the network. What it was given for credentials is never used. */
export function install<Client extends OfficialClient>(
  client: Client,
  handle: Handle,
  project: string,
): Client {
  const original = client.makeAuthenticatedRequest;
  if (guardedBy in original) throw new GuardError('ERR_CONFIG', guardedAlready);
  const replacement = (request: object, reply?: Answered | Upload): object => {
    const asked = readRequest({ ...request }, project);
    if (reply === undefined) return Readable.from(answerStream(handle, asked));
    void (typeof reply === 'function'
      ? answerCall(handle, asked, reply)
      : answerUpload(handle, asked, reply));
    return { abort: () => undefined };
  };
  const value = Object.assign(replacement, original);
  Object.defineProperty(client, 'makeAuthenticatedRequest', { value, writable: true, configurable: true });
  return client;
}

async function answerCall(handle: Handle, asked: Promise<RestRequest>, reply: Answered): Promise<void> {
  const [error, body, response] = await ask(handle, asked);
  process.nextTick(reply, error, body, response);
}

/** The client sends an upload itself once it may: it is sent to the answer, which lies in a `data:` URI. */
async function answerUpload(handle: Handle, asked: Promise<RestRequest>, upload: Upload): Promise<void> {
  const [error, body] = await ask(handle, asked);
  const text = Buffer.from(JSON.stringify(body ?? {})).toString('base64');
  const request = { uri: `data:application/json;base64,${text}`, method: 'GET' };
  process.nextTick(() =>
    error === null ? upload.onAuthenticated(null, request) : upload.onAuthenticated(error),
  );
}

async function* answerStream(handle: Handle, asked: Promise<RestRequest>): AsyncGenerator<string> {
  const [error, body] = await ask(handle, asked);
  if (error !== null) throw error;
  yield JSON.stringify(body);
}

type Reply = readonly [error: Error | null, body?: unknown, response?: unknown];

async function ask(handle: Handle, asked: Promise<RestRequest>): Promise<Reply> {
  try {
    const request = await asked;
    const answer = await handle(request);
    // A copy, as over a wire: the client changes what it gets.
    const body: unknown = answer.body === undefined ? '' : JSON.parse(JSON.stringify(answer.body));
    const response = { statusCode: answer.status, headers: { ...answer.headers }, body, request };
    const error = await errorOf(answer);
    return [error === null ? null : Object.assign(error, { response }), body, response];
  } catch (error) {
    return [error instanceof Error ? error : new Error(String(error))];
  }
}

async function errorOf(answer: RestAnswer): Promise<Error | null> {
  if (answer.status < 400) return null;
  const { common } = await import('@google-cloud/bigquery');
  // handleResp makes the error exactly as for an answer that came over the wire.
  return await new Promise((resolve) => {
    common.util.handleResp(null, null, answer.body, (error) => resolve(error));
  });
}

async function readRequest(
  options: Readonly<Record<string, unknown>>,
  project: string,
): Promise<RestRequest> {
  const uri = textOf(options['uri'] ?? options['url']).replaceAll(
    /%7B%7BprojectId%7D%7D|\{\{projectId\}\}/gi,
    project,
  );
  const target = readTarget(uri);
  const query = { ...target.query, ...queryOf(options['qs']) };
  const { body, media } = await readContent(options, project);
  const method = textOf(options['method'] ?? 'GET').toUpperCase();
  return { ...target, query, body, media, method, headers: headersOf(options['headers']) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function queryOf(value: unknown): JsonObject {
  const given = Object.entries(isJsonObject(value) ? value : {});
  return Object.fromEntries(
    given.filter(([, item]) => item !== undefined).map(([name, item]) => [name, scalarText(item)]),
  );
}

function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function headersOf(value: unknown): Record<string, string> {
  const given = Object.entries(isJsonObject(value) ? value : {});
  return Object.fromEntries(given.map(([name, item]) => [name.toLowerCase(), textOf(item)]));
}

type Content = Pick<RestRequest, 'body' | 'media'>;

async function readContent(options: Readonly<Record<string, unknown>>, project: string): Promise<Content> {
  const { json, body, multipart } = options;
  if (Array.isArray(multipart)) return await readParts(multipart, project);
  const text = isJsonObject(json) ? JSON.stringify(json) : textOf(body);
  return { body: text === '' ? undefined : withProject(text, project), media: undefined };
}

async function readParts(parts: readonly unknown[], project: string): Promise<Content> {
  const [metadata, data] = parts.map((part) => (isJsonObject(part) ? part['body'] : undefined));
  return { body: withProject(textOf(metadata), project), media: await readMedia(data) };
}

function withProject(json: string, project: string): JsonObject {
  return readJsonObject(json.replaceAll('{{projectId}}', project));
}

async function readMedia(stream: unknown): Promise<Media> {
  const chunks: Buffer[] = [];
  if (stream instanceof Readable) for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return { contentType: 'application/octet-stream', bytes: Buffer.concat(chunks) };
}
