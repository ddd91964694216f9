import type { ServerResponse } from 'node:http';
import { deniedError } from '../../call/denied.ts';
import { GoogleError } from '../../call/google-error.ts';
import type { Json } from '../../call/json.ts';
import { isGuardError } from '../../errors.ts';
import { RequestFault } from './request-fault.ts';

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** Google's errors as they came, refusals in Google's form, anything else without its details. */
export function errorAnswer(error: unknown): Answer {
  if (isGuardError(error)) return { status: 403, body: deniedError(error.guard).body };
  if (error instanceof GoogleError) return { status: error.code, body: error.body };
  if (error instanceof RequestFault)
    return { status: error.status, body: plain(error.status, error.message, 'invalid') };
  return { status: 500, body: plain(500, 'The guard failed. The call is in its record.', 'internalError') };
}

export const unauthorized: Answer = {
  status: 401,
  body: plain(401, 'The request carries no token that this guard knows.', 'authError'),
};

function plain(code: number, message: string, reason: string): Json {
  return { error: { code, message, errors: [{ message, domain: 'global', reason }] } };
}

export function writeAnswer(response: ServerResponse, { status, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const text = body === '' ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}
