import { contextKey, type ContextKey } from '../../call/context.ts';
import type { Call } from '../../call/call.ts';
import type { ObjectName } from '../../sql/catalog.ts';
import type { ColumnSource } from '../../sql/facts.ts';
import type { Decision } from '../policy/decision.ts';

/** What is known of a statement: shown to the approver, and with the etags bound by the request hash. */
export interface Evidence {
  /** BigQuery's statement type. */
  readonly kind?: string | undefined;
  readonly tables: readonly { readonly name: ObjectName; readonly etag?: string | undefined }[];
  readonly columns: readonly ColumnSource[];
  /** SHA-256, hex, of the shape: queries that differ in literals only have the same. */
  readonly fingerprint?: string | undefined;
  /** SHA-256, hex, of what the analysis proved, through views and routines as they are now. */
  readonly facts?: string | undefined;
}

/** Where the layer that analysed the statement leaves what an approver must see. */
export const evidenceKey: ContextKey<Evidence | undefined> = contextKey('approval evidence', undefined);

/** A decision made anew, over the policy, the catalog and the tables as they are now. */
export interface Reconsidered {
  readonly decision: Decision;
  readonly evidence: Evidence | undefined;
  /** Lets what was decided now count for the call, in place of what was decided before. */
  readonly adopt?: (() => Promise<void>) | undefined;
}

/**
 * How to decide the call once more. Approval asks right before it spends what was granted, so that a policy
 * or a table that changed while people thought about it counts.
 */
export const reconsiderKey: ContextKey<((call: Call) => Promise<Reconsidered>) | undefined> = contextKey(
  'approval reconsider',
  undefined,
);
