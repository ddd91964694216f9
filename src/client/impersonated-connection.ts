import type { AccessTokens } from '../transport/impersonation.ts';
import type { Retries } from '../transport/attempts.ts';
import type { OfficialConnection } from '../transport/official.ts';
import { sendAuthorized, type Authorize } from './connection.ts';
import type { OfficialModule } from './official.ts';
import { ownConnection } from './own-connection.ts';

export interface ImpersonatedConnectionOptions {
  readonly account: string;
  readonly tokens: AccessTokens;
  readonly module: OfficialModule;
  readonly retries: Retries | undefined;
}

/** The way for requests under the token of a service account: the client's own credentials go on none of them. */
export function impersonatedConnection({
  account,
  tokens,
  module,
  retries,
}: ImpersonatedConnectionOptions): OfficialConnection {
  const authorize: Authorize = (options, receive) => {
    tokens(account).then((token) => receive(null, withToken(options, token)), receive);
  };
  const official: OfficialConnection = {
    request: (options) => sendAuthorized(authorize, module, options, officialRetries(retries)),
    upload: (options) => sendAuthorized(authorize, module, options, { autoRetry: false }),
  };
  if (retries === undefined) return official;
  return ownConnection({ official, authorize, module, retries });
}

/** What the official client's `makeRequest` knows of retries; on its own it tries three times more. */
function officialRetries(retries: Retries | undefined): object {
  if (retries === undefined) return {};
  return retries.busy === 0 ? { autoRetry: false } : { maxRetries: retries.busy };
}

/** Whoever made the request may have put other credentials on it. */
const replaced = new Set(['authorization', 'x-goog-api-key', 'x-goog-user-project']);

function withToken(options: object, token: string): object {
  const headers: unknown = Reflect.get(options, 'headers');
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers ?? {});
  const kept = entries.filter(([name]) => !replaced.has(name.toLowerCase()));
  return { ...options, headers: { ...Object.fromEntries(kept), authorization: `Bearer ${token}` } };
}
