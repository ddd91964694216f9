import type { Call } from '../call/call.ts';
import type { Handler } from '../call/compose.ts';
import type { Context } from '../call/context.ts';
import { GoogleError } from '../call/google-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../call/json.ts';
import { GuardError, isErrorCode, type Instead } from '../errors.ts';
import { restTransport, type Transport } from './rest.ts';

export interface RemoteTransportOptions {
  /** Address of the guard service. */
  readonly url: string;
  readonly token: string;
}

/** Under which account a call runs at BigQuery is the service's to say. */
export interface RemoteTransport extends Omit<Transport, 'handle'> {
  readonly handle: Handler;
}

/**
 * Sends every call to a guard service, which decides, records and holds the Google credential. Nothing goes to
 * Google from this process, also when the service is down.
 */
export function remoteTransport(options: RemoteTransportOptions): RemoteTransport {
  const rest = restTransport({
    url: options.url,
    headers: (_call, context) =>
      Promise.resolve({ authorization: `Bearer ${options.token}`, ...sessionHeaders(context) }),
    failure,
  });
  return { ...rest, handle: (call, context) => rest.handle(call, context, undefined) };
}

function sessionHeaders({ session }: Context): Readonly<Record<string, string>> {
  if (session === undefined) return {};
  return {
    'x-guard-session': session.id,
    ...(session.prompt !== undefined && { 'x-guard-prompt': toBase64(session.prompt) }),
    ...(session.purpose !== undefined && { 'x-guard-purpose': toBase64(session.purpose) }),
  };
}

const toBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** A refusal of the service becomes the error that the guard would have thrown here. */
function failure(call: Call, status: number, body: Json | undefined): Error {
  if (status === 401) {
    return new GuardError('ERR_REMOTE_UNAUTHORIZED', 'The guard service does not know the token.', {
      callId: call.id,
    });
  }
  if (body === undefined) {
    return new GuardError('ERR_REMOTE_PROTOCOL', `The guard service answered ${status} without JSON.`, {
      callId: call.id,
    });
  }
  return refusalIn(call, body) ?? new GoogleError(status, body);
}

function refusalIn(call: Call, body: Json): GuardError | undefined {
  const error = isJsonObject(body) ? body['error'] : undefined;
  if (!isJsonObject(error) || !Array.isArray(error['details'])) return undefined;
  const details: readonly JsonObject[] = error['details'].filter(isJsonObject);
  const information = details.find((detail) => detail['domain'] === 'bigquery-guard');
  const code = information?.['reason'];
  if (!isErrorCode(code)) return undefined;
  const reasons = details.flatMap(({ rule, message }) =>
    typeof rule === 'string' && typeof message === 'string' ? [{ rule, message }] : [],
  );
  const message =
    typeof error['message'] === 'string' ? error['message'] : 'The guard service refused the call.';
  return new GuardError(code, message, {
    callId: call.id,
    reasons,
    instead: insteadIn(details),
    retryable: isJsonObject(information?.['metadata']) && information['metadata']['retryable'] === 'true',
  });
}

function insteadIn(details: readonly JsonObject[]): Instead | undefined {
  const said = details.find((detail) => detail['@type'] === 'bigquery-guard/instead');
  if (said === undefined) return undefined;
  const { columns, lessData, partitionFilter } = said;
  return {
    ...(columns !== undefined && { columns: textsIn(columns) }),
    ...(lessData === true && { lessData }),
    ...(partitionFilter !== undefined && { partitionFilter: textsIn(partitionFilter) }),
  };
}

const textsIn = (value: Json): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
