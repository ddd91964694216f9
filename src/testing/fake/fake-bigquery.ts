import { clientOptions, type ClientOptions } from '../client-options.ts';
import { restHandler } from '../rest/handle.ts';
import { listen } from '../rest/listen.ts';
import { logged, type LoggedRequest } from '../rest/request-log.ts';
import { createService, type CannedResult } from '../rest/service.ts';
import { plant, type TableSeeds } from '../seed/seed.ts';
import type { CannedQuery } from './canned-query.ts';
import { install, type OfficialClient } from './install.ts';
import { MemoryEngine } from './memory-engine.ts';

export interface FakeBigQueryOptions {
  /** `demo-project` unless named. */
  readonly project?: string;
  /** Tables by `dataset.table`: their metadata and rows can be read and written without SQL. */
  readonly tables?: TableSeeds;
  /** Answers to SQL; the first that matches is given. */
  readonly queries?: readonly CannedQuery[];
  /** Generated answers by exact SQL text, for many rows. */
  readonly canned?: ReadonlyMap<string, CannedResult>;
  /** Every request waits so long, as over a network. */
  readonly latencyMs?: number;
  readonly now?: () => Date;
}

export interface FakeBigQuery {
  readonly url: string;
  readonly project: string;
  /** For `new BigQuery(fake.clientOptions)`. */
  readonly clientOptions: ClientOptions;
  /** Every request since the start, in order; empty it with `requests.length = 0`. */
  readonly requests: LoggedRequest[];
  /** Makes an existing client of the official package ask this fake, without any socket; answers the client. */
  install<Client extends OfficialClient>(client: Client): Client;
  close(): Promise<void>;
}

/**
 * A BigQuery without an engine, for unit tests: tables in memory and canned answers to SQL. A query without an
 * answer gets 501.
 *
 * ```ts
 * const fake = await fakeBigQuery({ queries: [{ match: /from shop.orders/i, rows: [{ orders: 3 }] }] });
 * const bigquery = new BigQuery(fake.clientOptions);
 * const [rows] = await bigquery.query('SELECT COUNT(*) AS orders FROM shop.orders');
 * await fake.close();
 * ```
 */
export async function fakeBigQuery(options: FakeBigQueryOptions = {}): Promise<FakeBigQuery> {
  const { project = 'demo-project', tables = {}, queries = [], canned, latencyMs = 0, now } = options;
  const engine = new MemoryEngine(queries, now ?? (() => new Date()));
  await plant(engine, project, { tables });
  const requests: LoggedRequest[] = [];
  const handle = logged(restHandler(createService({ engine, project, canned, now })), requests, latencyMs);
  const server = await listen(handle, { port: 0, host: '127.0.0.1', hold: false });
  return {
    url: server.url,
    project,
    clientOptions: await clientOptions(project, server.url),
    requests,
    install: (client) => install(client, handle, project),
    close: () => server.close(),
  };
}
