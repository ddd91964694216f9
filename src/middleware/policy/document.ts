import type { BudgetRule, CostSettings } from '../limits/rules.ts';
import type { MaskName } from './decision.ts';

/**
 * A policy as data: what `guard.yaml` holds once it is read, or what TypeScript builds. Every list is an
 * "any of"; a selector that is absent matches everything.
 */
export interface PolicyDocument {
  readonly version: 1;
  /** The project that names without a project belong to. */
  readonly project: string;
  readonly people: Readonly<Record<string, PeopleGroup>>;
  readonly tags: Readonly<Record<string, TagDefinition>>;
  readonly rules: readonly Rule[];
  readonly masks: readonly MaskRule[];
  readonly limits: readonly LimitRule[];
  readonly budgets?: readonly BudgetRule[] | undefined;
  readonly cost?: CostSettings | undefined;
}

/** A named group of people who may be asked. */
export interface PeopleGroup {
  readonly members: readonly Person[];
}

export interface Person {
  readonly id: string;
  /** Public keys of the person, `whpk_…`, with which decisions are verified. */
  readonly keys: readonly string[];
}

/** What carries the tag: columns (`dataset.table.column[.field]`), tables or whole datasets. */
export interface TagDefinition {
  readonly columns: readonly string[];
  readonly tables: readonly string[];
  readonly datasets: readonly string[];
}

export interface PrincipalSelector {
  readonly ids?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  /** Names of agents, as the context tells them. */
  readonly agents?: readonly string[] | undefined;
}

interface Selector {
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: PrincipalSelector | undefined;
  /** Classes (`read`, `write`, `ddl`, `export`, `admin`, `metadata`, `job`) or methods (`tables.get`). */
  readonly operations?: readonly string[] | undefined;
  readonly datasets?: readonly string[] | undefined;
  readonly tables?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
}

export type Rule =
  | (Selector & {
      readonly name: string;
      readonly effect: 'allow' | 'deny';
      readonly reason?: string | undefined;
    })
  | (Selector & {
      readonly name: string;
      readonly effect: 'require-approval';
      readonly reason?: string | undefined;
      readonly approval: ApprovalSettings;
    });

export interface ApprovalSettings {
  /** Names of groups in `people`. */
  readonly from: readonly string[];
  readonly quorum: number;
  readonly expiresInMs: number;
}

/** Columns that carry one of `tags` are seen through the mask, except by the principals of `except`. */
export interface MaskRule {
  readonly name: string;
  readonly tags: readonly string[];
  readonly with: MaskName;
  readonly except?: PrincipalSelector | undefined;
  /** `sha256` can be guessed by hashing candidates; whoever uses it must say so. */
  readonly acceptGuessable?: boolean | undefined;
}

export interface LimitRule {
  readonly name: string;
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: PrincipalSelector | undefined;
  /** The most bytes that one query may bill. */
  readonly maximumBytesBilled?: bigint | undefined;
  /** A result with more rows than `max` is not handed out. */
  readonly rows?: { readonly max: number; readonly over: 'refuse' } | undefined;
  /** How many jobs of one principal may run at once. */
  readonly concurrent?: number | undefined;
  /** How many calls of one principal may begin in a minute; polls and pages of own jobs are not counted. */
  readonly callsPerMinute?: number | undefined;
}
