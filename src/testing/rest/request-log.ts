import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../call/json.ts';
import type { Handle } from './listen.ts';
import type { RestRequest } from './rest-request.ts';

/** A request as the server received it, for assertions in tests. */
export interface LoggedRequest {
  readonly method: string;
  /** Below `/bigquery/v2`, still percent-encoded. */
  readonly path: string;
  readonly query: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body; of an upload the job. */
  readonly body: JsonObject | undefined;
  /** The data of an upload. */
  readonly media: Buffer | undefined;
}

/** Notes every request, then lets it wait `latencyMs`, as a network would. */
export function logged(handle: Handle, log: LoggedRequest[], latencyMs: number): Handle {
  return async (request) => {
    log.push(entryOf(request));
    if (latencyMs > 0) await sleep(latencyMs);
    return await handle(request);
  };
}

function entryOf({ method, path, query, headers, body, media }: RestRequest): LoggedRequest {
  return { method, path, query, headers, body, media: media?.bytes };
}
