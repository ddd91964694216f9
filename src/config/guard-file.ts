import type { DetectorRule } from '../middleware/detection/index.ts';
import type { BudgetRule, CostSettings } from '../middleware/limits/rules.ts';
import type {
  Impersonation,
  LimitRule,
  MaskRule,
  PeopleGroup,
  Rule,
  TagDefinition,
  Unclassified,
  WrappedKeyset,
} from '../middleware/policy/document.ts';

/** What a `guard.yaml` says once it is read: defaults filled in, durations in milliseconds, sizes in bytes. */
export interface GuardFile {
  readonly $schema?: string | undefined;
  readonly version: 1;
  readonly include?: readonly string[] | undefined;
  readonly environments?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly project: string;
  /** Whom calls are made for where the code names nobody. */
  readonly principal?: PrincipalSettings | undefined;
  /** What an answer of BigQuery may take beyond the call's own `timeoutMs`, in milliseconds. */
  readonly answerWithin: number;
  /** Under which service accounts calls run at BigQuery. */
  readonly impersonate?: Impersonation | undefined;
  readonly people: Readonly<Record<string, PeopleGroup>>;
  readonly channels: Readonly<Record<string, ChannelSettings>>;
  readonly tags: Readonly<Record<string, TagDefinition>>;
  readonly unclassified?: Unclassified | undefined;
  readonly rules: readonly Rule[];
  readonly masks: readonly MaskRule[];
  readonly conflict?: 'strictest' | 'google' | undefined;
  readonly detectors: readonly DetectorRule[];
  /** The first of each makes tokens, the others only turn theirs back. */
  readonly keys: Readonly<Record<string, KeyVersionSources>>;
  /** The dataset of BigQuery that holds what masks need of keys, and that every policy denies. */
  readonly keyDataset?: string | undefined;
  readonly limits: readonly LimitRule[];
  readonly budgets: readonly BudgetRule[];
  readonly cost: CostFileSettings;
  readonly audit: AuditSettings;
  readonly approval: ApprovalFileSettings;
  readonly service?: ServiceSettings | undefined;
}

export type KeyVersionSources = readonly [KeySource, ...KeySource[]];

/** One version of a secret key: its id, and where it is found. */
export type KeySource = KeyPlace & {
  readonly id: number;
  readonly wrapped?: WrappedKeyset | undefined;
};

export type KeyPlace =
  | { readonly fromEnv: string }
  | { readonly file: string }
  /** A version of a secret in Secret Manager. */
  | { readonly secret: string };

export interface CostFileSettings extends CostSettings {
  /** Where budgets are counted; by default `budgets.json` in the folder of the audit. */
  readonly budgetFile?: string | undefined;
  /** How long a job whose end is not seen holds its part of the budgets, in milliseconds. */
  readonly leaseFor: number;
}

export interface PrincipalSettings {
  readonly id: string;
  readonly groups: readonly string[];
}

export interface AuditSettings {
  readonly folder: string;
  /** How parameter values are recorded. */
  readonly parameters: 'none' | 'hash' | 'full';
  readonly prompts: 'none' | 'hash' | 'full';
  /** `overlapped`: a read may be on its way while its record is written; its answer waits for both. */
  readonly durability: 'before' | 'overlapped';
}

/** A way to people who approve; the key that is named like a kind of channel says which it is. */
export interface ChannelSettings {
  /** The address that the signed requests go to. */
  readonly webhook: string;
  /** The environment variable that holds the signing secret, `whsec_…`. */
  readonly secretFromEnv: string;
  /** Development only: http to the loopback interface. */
  readonly allowInsecureLoopback: boolean;
  /** The groups of `people` who are told by it; absent: everybody. */
  readonly notify?: readonly string[] | undefined;
}

export interface ApprovalFileSettings {
  /** The small listener that takes decisions; absent when the application mounts the handler itself. */
  readonly callback?: { readonly port: number; readonly host: string } | undefined;
  /** How long a call waits in process, in milliseconds. */
  readonly waitFor: number;
}

export interface ServiceSettings {
  readonly tokens: readonly TokenSettings[];
  readonly upstream: {
    readonly url: string;
    readonly credentials: 'application-default' | 'none';
  };
}

export interface TokenSettings {
  /** The environment variable that holds the token. */
  readonly fromEnv: string;
  readonly principal: PrincipalSettings;
  readonly agent?: string | undefined;
}
