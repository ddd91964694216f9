import type { DetectorRule } from '../detection/detector-rule.ts';
import type { BudgetRule, CostSettings } from '../limits/rules.ts';
import type { MaskChoice } from './mask-choice.ts';
import type { GrantOffer } from './requirement.ts';

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
  /**
   * What holds for columns without any tag in datasets that hold tags: `allow` (default), `mask` them with nullify, or
   * `deny` calls that read them.
   */
  readonly unclassified?: Unclassified | undefined;
  readonly rules: readonly Rule[];
  readonly masks: readonly MaskRule[];
  /**
   * Which of several masks on one column counts: the `strictest` (default), or as at `google` the most useful, in
   * BigQuery's own order.
   */
  readonly conflict?: 'strictest' | 'google' | undefined;
  /** What answers are searched for. */
  readonly detectors?: readonly DetectorRule[] | undefined;
  /** What is known of keys without knowing them. */
  readonly keys?: Readonly<Record<string, KeyFacts>> | undefined;
  /** The dataset that holds what masks need of keys: `dataset` or `project:dataset`. It is closed to everybody. */
  readonly keyDataset?: string | undefined;
  /** Under which service accounts calls run at BigQuery. */
  readonly impersonate?: Impersonation | undefined;
  readonly limits: readonly LimitRule[];
  readonly budgets?: readonly BudgetRule[] | undefined;
  readonly cost?: CostSettings | undefined;
}

export interface KeyFacts {
  /** The id of the version that makes tokens. */
  readonly current: number;
  readonly wrapped?: WrappedKeyset | undefined;
}

/** A keyset of Tink that holds the same key, as Cloud KMS has wrapped it. */
export interface WrappedKeyset {
  /** `gcp-kms://projects/…/cryptoKeys/…` */
  readonly kms: string;
  /** In base64. */
  readonly keyset: string;
}

/** A named group of people who may be asked. */
export interface PeopleGroup {
  readonly members: readonly Person[];
}

export interface Person {
  readonly id: string;
  /** Public keys of the person, `whpk_…`, with which decisions are verified. */
  readonly keys: readonly string[];
  /** Further ids of the same human, so that nobody decides on their own request under another name. */
  readonly aliases?: readonly string[] | undefined;
  /** When somebody else decides in the person's place. */
  readonly absences?: readonly Absence[] | undefined;
}

export interface Absence {
  readonly from: string;
  readonly until: string;
  /** The id of another person of `people`. */
  readonly delegate: string;
}

export type Unclassified = 'allow' | 'mask' | 'deny';

/** What carries the tag: columns (`dataset.table.column[.field]`), tables or whole datasets; any of all that is named. */
export interface TagDefinition {
  readonly columns: readonly string[];
  readonly tables: readonly string[];
  readonly datasets: readonly string[];
  /** Full names of BigQuery's policy tags; the columns that have one of them carry the tag. */
  readonly policyTags?: readonly string[] | undefined;
  /** Labels of tables or datasets in BigQuery; one that is there with this value is enough. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export interface PrincipalSelector {
  readonly ids?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  /** Names of agents, as the context tells them. */
  readonly agents?: readonly string[] | undefined;
  /** Ids of the identities in between, when the call is made on behalf of somebody. */
  readonly delegates?: readonly string[] | undefined;
}

/** Whom and what a rule does not speak about: any one of all that is named. */
export interface RuleException extends PrincipalSelector {
  readonly datasets?: readonly string[] | undefined;
  readonly tables?: readonly string[] | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
}

interface Selector {
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: RuleException | undefined;
  /** Classes (`read`, `write`, `ddl`, `export`, `admin`, `metadata`, `job`) or methods (`tables.get`). */
  readonly operations?: readonly string[] | undefined;
  readonly datasets?: readonly string[] | undefined;
  readonly tables?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
}

interface RuleBase extends Selector {
  readonly name: string;
  /** A condition in CEL; the rule counts only where it is true. One that cannot be judged denies. */
  readonly when?: string | undefined;
  /** What the caller is told. */
  readonly reason?: string | undefined;
  /** `monitor`: the rule decides nothing; that it would have is recorded. */
  readonly mode?: 'enforce' | 'monitor' | undefined;
}

/**
 * `accept`: what this rule opens may be read although BigQuery's own protection of it – row access policies, policy
 * tags, authorised views, `SESSION_USER()` – is judged for the guard's account. It stands in the record.
 */
interface Opening {
  readonly nativePolicies?: 'accept' | undefined;
  /**
   * True: the views and routines that this rule opens show masked columns beneath them as they are, to whom the rule
   * opens them. It stands in the record.
   */
  readonly trusted?: boolean | undefined;
}

export type Rule =
  | (RuleBase & { readonly effect: 'deny' })
  | (RuleBase & Opening & { readonly effect: 'allow' })
  | (RuleBase & Opening & { readonly effect: 'require-approval'; readonly approval: ApprovalSettings });

export interface StageSettings {
  /** Names of groups in `people`. */
  readonly from: readonly string[];
  /** How many distinct people must approve; `all` of the groups. */
  readonly quorum: number | 'all';
}

export interface ApprovalSettings extends StageSettings {
  readonly expiresInMs: number;
  /** Who is asked next, once the ones before have approved. */
  readonly next?: readonly StageSettings[] | undefined;
  /** Every decision needs a comment. */
  readonly comment?: 'required' | undefined;
  /** Groups that may decide as well when nobody has for a while. */
  readonly escalate?: { readonly afterMs: number; readonly to: readonly string[] } | undefined;
  /** Groups of which one person may let the call run alone in an emergency. */
  readonly breakGlass?: { readonly expiresInMs: number; readonly from: readonly string[] } | undefined;
  /** The most that an approver may grant beyond one execution. */
  readonly grants?: GrantOffer | undefined;
  /** True: who gets the approval sees the columns without masks. */
  readonly unmask?: boolean | undefined;
}

/** Who sees what a mask hides; where `purposes` are named, only while one of them is stated. */
export interface Clearance extends PrincipalSelector {
  readonly purposes?: readonly string[] | undefined;
}

/** Columns that carry one of `tags` are seen through the mask, except by the principals of `except`. */
export type MaskRule = MaskChoice & {
  readonly name: string;
  readonly tags: readonly string[];
  readonly except?: Clearance | undefined;
  /** `sha256` can be guessed by hashing candidates; whoever uses it must say so. */
  readonly acceptGuessable?: boolean | undefined;
  /** A mask on a partition or clustering column makes queries read all of the table; whoever wants that must say so. */
  readonly allowFullScan?: boolean | undefined;
};

export interface Impersonation {
  readonly accounts: readonly AccountRule[];
  /** The address of the IAM Service Account Credentials API; Google's own unless named. */
  readonly url?: string | undefined;
}

/** Under which service account calls of these principals run at BigQuery. */
export interface AccountRule {
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: PrincipalSelector | undefined;
  /** Its e-mail address. */
  readonly account: string;
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
