import { BigQuery } from '@google-cloud/bigquery';
import { BigQuery as BigQuery8 } from 'bigquery-8';
import type { ClientOptions } from '../../src/testing/client-options.ts';

export interface Official {
  readonly version: string;
  readonly connect: (options: ClientOptions) => BigQuery;
}

/** The bridge: both majors have the same methods, but TypeScript keeps their classes apart. */
const isClient = (client: object): client is BigQuery => client instanceof BigQuery8;

const connect8 = (options: object): BigQuery => {
  const client: object = new BigQuery8(options);
  if (!isClient(client)) throw new Error('That is no client.');
  return client;
};

export const officialClients: readonly Official[] = [
  { version: '9', connect: (options) => new BigQuery(options) },
  { version: '8', connect: connect8 },
];
