import { contextKey, type Context, type ContextKey } from '../../call/context.ts';
import type { Call } from '../../call/call.ts';
import type { Json } from '../../call/json.ts';
import type { ObjectName } from '../../sql/catalog.ts';
import type { Maskable } from '../masking/masked-call.ts';
import type { ColumnMask } from '../policy/decision.ts';

/** What a query would cost, as BigQuery's dry run of the text that would run tells it. */
export interface Cost {
  /** Bytes that would be processed. */
  readonly bytes: bigint;
  /** The most that would be billed: `bytes` in whole MiB, at least 10 MiB for each table. */
  readonly billedBytes: bigint;
  /** In the currency of the settings; `undefined` where bytes have no price (capacity editions). */
  readonly price: number | undefined;
  /** The tables that BigQuery would read, beneath views as well. */
  readonly referencedTables: readonly ObjectName[];
  /** BigQuery's name, e.g. `SELECT`. */
  readonly statementType: string | undefined;
  /** Parameters that the text uses and the call does not give. */
  readonly undeclaredParameters: readonly Json[];
  /** False where BigQuery only knows a lower bound, as for scripts: then it may cost any amount. */
  readonly bounded: boolean;
}

/** Asks for the cost of a call, as it will be sent: masks applied. The same text is not asked for twice. */
export type EstimateCost = (call: Call, context: Context) => Promise<Cost>;

/** The same before masks are applied: they are given, with what is needed to apply them. */
export type CostOf = (call: Call, context: Context, maskable: Maskable) => Promise<Cost>;

/** True: what BigQuery said of the cost a moment ago does not count, it is asked once more. */
export const freshCostKey: ContextKey<boolean> = contextKey<boolean>('fresh cost', false);

/**
 * How a layer learns what the call would cost. Nothing is asked of BigQuery before it is called; it needs the
 * masks, since it is the masked text that would run. Left by the policy; `undefined` for calls without a query.
 */
export const costKey: ContextKey<((masks: readonly ColumnMask[]) => Promise<Cost>) | undefined> = contextKey(
  'cost of the call',
  undefined,
);
