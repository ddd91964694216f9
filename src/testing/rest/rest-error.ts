import type { JsonObject } from '../../call/json.ts';
import { EngineError } from '../stand-in/engine/engine-error.ts';

/** The `error.status` of Google's error body for each HTTP status that BigQuery uses. */
const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  412: 'FAILED_PRECONDITION',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
};

/** https://cloud.google.com/bigquery/docs/error-messages lists which reason comes with which status. */
const statusOfReason: Readonly<Record<string, number>> = {
  accessDenied: 403,
  backendError: 500,
  bytesBilledLimitExceeded: 400,
  conditionNotMet: 412,
  duplicate: 409,
  internalError: 500,
  notFound: 404,
  notImplemented: 501,
  quotaExceeded: 403,
  rateLimitExceeded: 403,
  resourceInUse: 400,
  responseTooLarge: 403,
};

/** An answer of BigQuery that is an error. */
export class RestError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly location: string | undefined;

  constructor(reason: string, message: string, location?: string) {
    super(message);
    this.name = 'RestError';
    this.status = statusOfReason[reason] ?? 400;
    this.reason = reason;
    this.location = location;
  }
}

/** Any failure of a handler as the error that BigQuery would answer. */
export function toRestError(error: unknown): RestError {
  if (error instanceof RestError) return error;
  if (error instanceof EngineError) return new RestError(error.reason, error.message, error.location);
  const text = error instanceof Error ? error.message : String(error);
  return new RestError('internalError', `The stand-in failed: ${text}`);
}

export function errorBody(error: RestError): JsonObject {
  const item = { message: error.message, domain: 'global', reason: error.reason, ...placeOf(error) };
  const status = statusNames[error.status] ?? 'UNKNOWN';
  return { error: { code: error.status, message: error.message, errors: [item], status } };
}

/** What stands in `status.errorResult` of a job that failed. */
export function errorProto(error: RestError): JsonObject {
  const location = error.location === undefined ? {} : { location: error.location };
  return { reason: error.reason, message: error.message, ...location };
}

/** In an HTTP answer the query text is the parameter `q`; in a job it is the location `query`. */
function placeOf(error: RestError): JsonObject {
  if (error.location === 'query') return { location: 'q', locationType: 'parameter' };
  return error.location === undefined ? {} : { location: error.location, locationType: 'other' };
}

export function notFound(what: string): RestError {
  return new RestError('notFound', `Not found: ${what}`);
}

export function alreadyExists(what: string): RestError {
  return new RestError('duplicate', `Already Exists: ${what}`);
}

export function invalid(message: string): RestError {
  return new RestError('invalid', message);
}

export function notImplemented(feature: string): RestError {
  return new RestError('notImplemented', `The local BigQuery stand-in does not implement ${feature}.`);
}
