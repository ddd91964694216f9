import { expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/load-config.ts';
import { limitWarnings } from '../../../src/middleware/limits/index.ts';

it('a limit that refuses every join, and a budget for one query, are warned of', () => {
  const { policy } = parseConfig(`version: 1
project: acme
limits:
  - { name: tiny, maximumBytesBilled: 19 MiB }
  - { name: enough, maximumBytesBilled: 20 MiB }
  - { name: rows, rows: { max: 5 } }
budgets:
  - { name: once, bytes: 10 MiB }
  - { name: money, price: 0.01 }
audit: { folder: audit }
`);
  expect(limitWarnings(policy)).toEqual([
    'limit tiny of 19 MiB refuses every join: BigQuery bills 10 MiB for each table',
    'budget once of 10 MiB is used up by one query: BigQuery bills 10 MiB for each table',
  ]);
});
