import { types } from 'node:util';
import { GuardError, isGuardError, type GuardFailure } from '../errors.ts';
import { isJsonObject } from './json.ts';
import type { Call } from './call.ts';
import type { Result } from './result.ts';

/** Errors made outside a vm realm (Jest) are not `instanceof` the Error seen here. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value) || isDomException(value);
}

function isDomException(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object DOMException]';
}

export function isGuardFailure(value: unknown): value is GuardFailure {
  return isError(value) && isGuardError(value);
}

/** Google's errors as the official client throws them: a numeric code and a list of errors. */
export function isGoogleError(value: unknown): boolean {
  return isError(value) && 'code' in value && typeof value.code === 'number' && 'errors' in value;
}

export function isResult(value: unknown): value is Result {
  return (
    typeof value === 'object' &&
    value !== null &&
    'status' in value &&
    isSuccess(value.status) &&
    'body' in value &&
    isJsonLike(value.body) &&
    'headers' in value &&
    isHeaders(value.headers)
  );
}

function isSuccess(status: unknown): boolean {
  return typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 299;
}

function isJsonLike(body: unknown): boolean {
  return body === null || ['object', 'string', 'number', 'boolean'].includes(typeof body);
}

function isHeaders(headers: unknown): boolean {
  return isJsonObject(headers) && Object.values(headers).every((value) => typeof value === 'string');
}

/** What a middleware may hand to `next`: the call itself or a changed copy of it, under the same id. */
export function isCallLike(value: unknown, id: string): value is Call {
  return (
    isJsonObject(value) &&
    value['id'] === id &&
    typeof value['operation'] === 'string' &&
    typeof value['project'] === 'string' &&
    isJsonObject(value['ids']) &&
    isJsonObject(value['query']) &&
    (value['body'] === undefined || isJsonObject(value['body']))
  );
}

/** A middleware broke the contract. The cause stays on the error and out of its message: it may hold rows. */
export function violation(name: string, deed: string, callId: string, cause?: unknown): GuardError {
  const message = `Middleware ${JSON.stringify(name)} ${deed}. The call was refused and nothing further is sent.`;
  return new GuardError('ERR_MIDDLEWARE', message, {
    callId,
    reasons: [{ rule: name, message: deed }],
    cause,
  });
}

/** Why the caller gave up, as an error whatever was given to `abort()`. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return isError(reason) ? reason : new DOMException('The call was aborted.', 'AbortError');
}
