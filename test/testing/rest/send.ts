import { isJsonObject, type JsonObject } from '../../../src/call/json.ts';

export interface Sent {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Headers;
}

/** Sends one request to a server that is under test and reads its JSON. */
export async function send(
  url: string,
  line: string,
  body?: object | string | Buffer,
  headers: Record<string, string> = {},
): Promise<Sent> {
  const [method = 'GET', path = '/'] = line.split(' ');
  const content =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const init = {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(content === undefined ? {} : { body: content }),
  };
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  if (!isJsonObject(parsed)) throw new Error('The answer is no JSON object.');
  return { status: response.status, body: parsed, headers: response.headers };
}

/** An answer that is an error, without its repetitions. */
export function failure({ status, body }: Sent): object {
  const error = isJsonObject(body['error']) ? body['error'] : {};
  const [first] = Array.isArray(error['errors']) ? error['errors'] : [];
  return {
    status,
    code: error['code'],
    reason: isJsonObject(first) ? first['reason'] : undefined,
    message: error['message'],
  };
}

/** A text that the answer must have: a token, an etag. */
export function wordAt(body: JsonObject, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw new Error(`The answer has no ${name}.`);
  return value;
}
