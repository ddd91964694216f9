import { guardedClass } from './guarded-class.ts';
import { guardClient } from './install.ts';
import { official } from './official.ts';
import type { BigQuery as OfficialBigQuery } from '@google-cloud/bigquery';
import type { Guard } from './guard.ts';
import type { GuardedClass } from './guarded-class.ts';
import type { GuardableClient } from './install.ts';

/**
 * The official client, guarded. Everything that it sends goes through the guard.
 *
 * ```ts
 * const bigquery = new BigQuery({ guard: { config: '/etc/bigquery-guard/guard.yaml' } });
 * ```
 */
export const BigQuery: GuardedClass = guardedClass(official);
export type BigQuery = OfficialBigQuery;

/**
 * Guards a client that exists already, with all that was made from it. A second time with the same guard changes
 * nothing.
 *
 * ```ts
 * const guarded = guard(bigquery, createGuard({ middleware }));
 * ```
 */
export function guard<Client extends GuardableClient>(client: Client, by: Guard): Client {
  return guardClient(client, by, official);
}
