import { clientOptions, type ClientOptions } from '../client-options.ts';
import { restHandler } from '../rest/handle.ts';
import { listen } from '../rest/listen.ts';
import { logged, type LoggedRequest } from '../rest/request-log.ts';
import { createService, type CannedResult } from '../rest/service.ts';
import { plant, type Seed } from '../seed/seed.ts';
import type { Engine } from './engine/engine.ts';

export interface StandInOptions {
  /** `demo-project` unless named. */
  readonly project?: string;
  /** Any free one unless named. */
  readonly port?: number;
  readonly host?: string;
  readonly seed?: Seed;
  /** Every request waits so long, as over a network. */
  readonly latencyMs?: number;
  readonly now?: () => Date;
  /** Generated answers by exact SQL text, for benches with many rows. */
  readonly canned?: ReadonlyMap<string, CannedResult>;
}

/** BigQuery on this machine: its REST interface, its SQL, its tables; all of it gone after `close()`. */
export interface StandIn {
  readonly url: string;
  readonly port: number;
  readonly project: string;
  /** For `new BigQuery(standIn.clientOptions)`. */
  readonly clientOptions: ClientOptions;
  readonly engine: Engine;
  /** Every request since the start, in order; empty it with `requests.length = 0`. */
  readonly requests: LoggedRequest[];
  close(): Promise<void>;
}

/**
 * Starts an embedded BigQuery: no account, no Docker, no network. It needs the package `@duckdb/node-api`. What it
 * lacks it refuses with 501 and the name of the feature.
 *
 * ```ts
 * const standIn = await startStandIn({ seed: { tables: { 'shop.orders': { rows: [{ id: 1, total: 9.5 }] } } } });
 * const bigquery = new BigQuery(standIn.clientOptions);
 * const [rows] = await bigquery.query('SELECT SUM(total) AS total FROM shop.orders');
 * await standIn.close();
 * ```
 */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const {
    project = 'demo-project',
    seed = {},
    canned,
    now,
    latencyMs = 0,
    host = '127.0.0.1',
    port = 0,
  } = options;
  const engine = await openEngine(now);
  const requests: LoggedRequest[] = [];
  const service = createService({ engine, project, canned, now });
  try {
    await plant(engine, project, seed);
    const handle = logged(restHandler(service), requests, latencyMs);
    const server = await listen(handle, { port, host, hold: true });
    const close = async (): Promise<void> => {
      await server.close();
      await engine.close();
    };
    const { url } = server;
    const forClient = await clientOptions(project, url);
    return { url, port: server.port, project, clientOptions: forClient, engine, requests, close };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Loads the engine, and with it DuckDB, when a stand-in starts and not before. */
async function openEngine(now: (() => Date) | undefined): Promise<Engine> {
  const { openEngine: open } = await import('./engine/open-engine.ts');
  return await open(now === undefined ? {} : { now });
}
