import { RestError } from './rest-error.ts';
import type { RestAnswer, RestRequest } from './rest-request.ts';

/** `If-Match`: a change is made only to the version that the caller has seen. */
export function checkIfMatch({ headers }: RestRequest, etag: string): void {
  const wanted = headers['if-match'];
  if (wanted === undefined || wanted === '*' || wanted === etag) return;
  throw new RestError('conditionNotMet', 'Precondition check failed.');
}

/** `If-None-Match`: a caller who has this version already gets 304 without a body. */
export function answerResource({ headers }: RestRequest, resource: object, etag: string): RestAnswer {
  if (headers['if-none-match'] === etag) return { status: 304, body: undefined, headers: { etag } };
  return { status: 200, body: resource, headers: { etag } };
}
