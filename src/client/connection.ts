import type { OfficialConnection, WireCallback } from '../transport/official.ts';
import type { OfficialModule } from './official.ts';

/** The function with which an official client sends everything, in its three forms. */
export type MakeAuthenticatedRequest = OfficialModule['BigQuery']['prototype']['makeAuthenticatedRequest'];

/**
 * Opens the way beneath the guard. `Reflect.apply` is the bridge to the official package here: its types ask for
 * whole request objects of an HTTP library that we neither have nor need.
 */
export function connectionOf(
  inner: MakeAuthenticatedRequest,
  { common }: OfficialModule,
): OfficialConnection {
  return {
    request(options, callback) {
      Reflect.apply(inner, undefined, [options, callback]);
    },
    upload(options, callback) {
      const onAuthenticated = (error: unknown, authenticated?: object): void => {
        if (error || authenticated === undefined) callback(error);
        else sendOnce(common, authenticated, callback);
      };
      Reflect.apply(inner, undefined, [options, { onAuthenticated }]);
    },
  };
}

/** A stream can be read once, so there is no second attempt. */
function sendOnce({ util }: OfficialModule['common'], options: object, callback: WireCallback): void {
  try {
    Reflect.apply(Reflect.get(util, 'makeRequest'), util, [options, { autoRetry: false }, callback]);
  } catch (error) {
    callback(error);
  }
}
