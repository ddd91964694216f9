import type { OfficialConnection, OfficialOptions, Send, WireCallback } from '../transport/official.ts';
import type { OfficialModule } from './official.ts';

/** The function with which an official client sends everything, in its three forms. */
export type MakeAuthenticatedRequest = OfficialModule['BigQuery']['prototype']['makeAuthenticatedRequest'];

/** Hands a request's options back, with credentials on them. */
export type Authorize = (options: object, receive: (error: unknown, authorized?: object) => void) => void;

/**
 * Opens the way beneath the guard. `Reflect.apply` is the bridge to the official package here: its types ask for
 * whole request objects of an HTTP library that we neither have nor need.
 */
export function officialConnection(
  inner: MakeAuthenticatedRequest,
  module: OfficialModule,
): OfficialConnection {
  const authorize = authorizerOf(inner);
  return {
    request: (options) => (callback) => void Reflect.apply(inner, undefined, [options, callback]),
    // A stream can be read once, so there is no second attempt.
    upload: (options) => sendAuthorized(authorize, module, options, { autoRetry: false }),
  };
}

export function authorizerOf(inner: MakeAuthenticatedRequest): Authorize {
  return (options, receive) => {
    Reflect.apply(inner, undefined, [options, { onAuthenticated: receive }]);
  };
}

/** Sends as the official client does, under whatever credentials; `retrying` is what its `makeRequest` knows of retries. */
export function sendAuthorized(
  authorize: Authorize,
  { common: { util } }: OfficialModule,
  options: OfficialOptions,
  retrying: object,
): Send {
  const send = (authorized: object, callback: WireCallback): void => {
    try {
      Reflect.apply(Reflect.get(util, 'makeRequest'), util, [authorized, retrying, callback]);
    } catch (error) {
      callback(error);
    }
  };
  return (callback) => {
    authorize(options, (error, authorized) => {
      if (error || authorized === undefined) callback(error);
      else send(authorized, callback);
    });
  };
}
