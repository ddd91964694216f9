import type { PrincipalSelector } from '../policy/document.ts';

/** What a group of principals may spend together or each, in a day, a month, or for ever. */
export interface BudgetRule {
  readonly name: string;
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: PrincipalSelector | undefined;
  /** Who has a budget of their own; `everyone`: all to whom the rule applies share one. */
  readonly per: 'principal' | 'agent' | 'session' | 'everyone';
  /** Days and months are those of UTC. */
  readonly period: 'day' | 'month' | 'ever';
  /** Bytes billed for queries. */
  readonly bytes?: bigint | undefined;
  /** Bytes of streaming inserts, as they are billed: at least 1 KiB for each row. */
  readonly insertedBytes?: bigint | undefined;
  /** In the currency of `cost`. */
  readonly price?: number | undefined;
}

export interface CostSettings {
  /** `on-demand`: bytes have a price. `capacity`: slots are paid for, so queries have none. */
  readonly edition: 'on-demand' | 'capacity';
  readonly pricePerTiB: number;
  /** Of streaming inserts. */
  readonly insertPricePerGiB: number;
  readonly currency: string;
  /** `always`: each query is dry-run first, so that BigQuery's tables are compared with the analysed ones. */
  readonly dryRun: 'when-needed' | 'always';
}

/** The list prices of on-demand queries and of streaming inserts (0.01 for 200 MiB) in the US; https://cloud.google.com/bigquery/pricing */
export const defaultCost: CostSettings = {
  edition: 'on-demand',
  pricePerTiB: 6.25,
  insertPricePerGiB: 0.0512,
  currency: 'USD',
  dryRun: 'when-needed',
};
