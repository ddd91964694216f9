import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** One entry of the `errors` list in an error answer of a Google API. */
export interface GoogleErrorItem {
  readonly reason?: string;
  readonly message?: string;
  readonly location?: string;
  readonly domain?: string;
}

/**
 * An error answer of BigQuery, with the fields that the official client's `ApiError` has. `body` is the answer
 * as it came, so that the gateway can hand it on unchanged.
 */
export class GoogleError extends Error {
  readonly code: number;
  readonly errors: readonly GoogleErrorItem[];
  readonly body: JsonObject;

  constructor(status: number, body: Json) {
    const error = isJsonObject(body) && isJsonObject(body['error']) ? body['error'] : {};
    super(typeof error['message'] === 'string' ? error['message'] : `BigQuery answered ${status}.`);
    this.name = 'GoogleError';
    this.code = status;
    this.errors = Array.isArray(error['errors']) ? error['errors'].filter(isJsonObject) : [];
    this.body = isJsonObject(body) && isJsonObject(body['error']) ? body : bodyFor(status, this.message);
  }
}

const bodyFor = (status: number, message: string): JsonObject => ({
  error: { code: status, message, errors: [{ message, domain: 'global', reason: 'backendError' }] },
});

const passedOn = new WeakSet<object>();

/** Marks an error of a request of the guard's own as the caller's to see, in place of its answer. */
export function passOn<Failure extends Error>(error: Failure): Failure {
  passedOn.add(error);
  return error;
}

export function isPassedOn(error: Error): boolean {
  return passedOn.has(error);
}
