import { contextKey, type ContextKey } from '../../call/context.ts';
import type { Reason } from '../../errors.ts';
import type { ObjectName } from '../../sql/catalog.ts';
import type { AppliedMask } from './mask-choice.ts';
import type { ApprovalRequirement } from './requirement.ts';

/** A column that this principal sees only through a mask. */
export type ColumnMask = AppliedMask & {
  readonly table: ObjectName;
  /** Field path below the table, as in the schema: `['address', 'zip']`. */
  readonly path: readonly string[];
  /** The entry of `masks` that demands it. */
  readonly rule: string;
  /** Views and routines through which it is read as it is. */
  readonly trusted?: readonly ObjectName[];
};

/** A column that this principal sees although a mask hides it from others. */
export interface ClearedColumn {
  readonly table: ObjectName;
  readonly path: readonly string[];
  /** The entry of `masks` that excepts the principal. */
  readonly rule: string;
}

interface Decided {
  /** SHA-256, hex, of the policy in force. */
  readonly policyDigest: string;
  /** Names of the rules that spoke, sorted. */
  readonly rules: readonly string[];
  /** What rules in `mode: monitor` would have said. */
  readonly monitored?: readonly MonitoredRule[];
}

export interface MonitoredRule {
  readonly rule: string;
  readonly effect: 'allow' | 'require-approval' | 'deny';
}

interface Permitted extends Decided {
  readonly masks: readonly ColumnMask[];
  readonly cleared?: readonly ClearedColumn[];
  /** Rules by which protection of BigQuery's own was accepted to be judged for the guard's account. */
  readonly nativePolicies?: readonly string[];
  /** Rules by which views or routines may show masked columns beneath them as they are. */
  readonly trusted?: readonly string[];
}

/** What the policy says of one call. */
export type Decision =
  | (Permitted & { readonly effect: 'allow' })
  | (Permitted & {
      readonly effect: 'require-approval';
      readonly reasons: readonly [Reason, ...Reason[]];
      readonly approval: ApprovalRequirement;
    })
  | (Decided & { readonly effect: 'deny'; readonly reasons: readonly [Reason, ...Reason[]] });

/** Where the policy middleware leaves its decision for the layers inside it. */
export const decisionKey: ContextKey<Decision | undefined> = contextKey('policy decision', undefined);

/** True where BigQuery's account of the job could tell of masked columns: plans, timelines and exact sizes. */
export const concealsKey: ContextKey<boolean> = contextKey('job concealed', false);
