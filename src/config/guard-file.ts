import type { TokenAlgorithm } from '../middleware/approval/index.ts';
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
  /** What decides beside the rules. */
  readonly engines: Readonly<Record<string, EngineSettings>>;
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
  /** Where events go besides the folder, by name. */
  readonly sinks: Readonly<Record<string, SinkSettings>>;
}

/** A sink of the record; the key that is named like a kind of sink says which it is, and where it writes. */
export interface SinkSettings {
  readonly http?: string | undefined;
  readonly otlp?: string | undefined;
  /** The name of the log. */
  readonly cloudLogging?: string | undefined;
  /** `dataset.table` */
  readonly bigquery?: string | undefined;
  readonly stdout?: true | undefined;
  /** For `cloudLogging` and `bigquery`: the project, when it is not that of the environment. */
  readonly project?: string | undefined;
  /** For `http`: the environment variable that holds the signing secret, `whsec_…`. */
  readonly secretFromEnv?: string | undefined;
  /** For `http` and `otlp`: the environment variable that holds the `authorization` header. */
  readonly authorizationFromEnv?: string | undefined;
  /** For `http`: whether the answer has to repeat the hash of the last event. */
  readonly confirm?: 'status' | 'hash' | undefined;
  /** `required`: a call goes on only when this sink has its events. */
  readonly delivery: 'required' | 'eventual';
}

/** A way to people who approve; the key that is named like a kind of channel says which it is. */
export type ChannelSettings = WebhookSettings | SlackSettings | TeamsSettings | MailSettings;

interface ChannelTold {
  /** The groups of `people` who are told by it; absent: everybody. */
  readonly notify?: readonly string[] | undefined;
  /** Development only: http to the loopback interface. */
  readonly allowInsecureLoopback: boolean;
}

/** Where requests may go besides https to the public Internet. */
export interface OutgoingSettings {
  readonly ports?: readonly number[] | undefined;
  readonly allowPrivateAddresses: boolean;
  readonly allowInsecureLoopback: boolean;
}

export interface WebhookSettings extends ChannelTold, OutgoingSettings {
  /** The address that the signed requests go to. */
  readonly webhook: string;
  /** The environment variables that hold the signing secrets, `whsec_…`. */
  readonly secretFromEnv: readonly string[];
  readonly link?: string | undefined;
}

export interface SlackSettings extends ChannelTold, OutgoingSettings {
  readonly slack: string;
  readonly tokenFromEnv: string;
  readonly signingSecretFromEnv: readonly string[];
  readonly members: Readonly<Record<string, string>>;
  readonly team?: string | undefined;
  readonly stepUp?: string | undefined;
  readonly apiUrl?: string | undefined;
}

export interface TeamsSettings extends ChannelTold, OutgoingSettings {
  /** The page where the request is decided. */
  readonly teams: string;
  readonly urlFromEnv: string;
}

export interface MailSettings extends ChannelTold {
  /** The sender. */
  readonly mail: string;
  readonly to: Readonly<Record<string, string>>;
  readonly smtpFromEnv: string;
  readonly secretFromEnv: readonly string[];
}

export interface CallbackSettings {
  /** The port of the small listener; absent when the application mounts the handler itself. */
  readonly port?: number | undefined;
  readonly host: string;
  /** The address by which others reach it. */
  readonly url?: string | undefined;
}

export interface TokenIssuerSettings extends OutgoingSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: string;
  readonly algorithms?: readonly TokenAlgorithm[] | undefined;
  readonly claim?: string | undefined;
}

export interface PollSettings extends OutgoingSettings {
  readonly url: string;
  readonly secretFromEnv: string;
  /** Milliseconds between two questions while something is pending. */
  readonly interval: number;
}

/** An engine that decides beside the rules; `cedar` is a file of policies, seen from the policy file. */
export type EngineSettings =
  | { readonly opa: string; readonly tokenFromEnv?: string | undefined; readonly timeout: number }
  | { readonly cedar: string };

export interface ApprovalFileSettings {
  readonly callback?: CallbackSettings | undefined;
  readonly tokens: readonly TokenIssuerSettings[];
  readonly poll?: PollSettings | undefined;
  /** How long a call waits in process, in milliseconds. */
  readonly waitFor: number;
  readonly onPending: 'wait' | 'throw';
  /** How long it may take to tell people when the call does not wait, in milliseconds. */
  readonly deliverFor: number;
  readonly tolerance: number;
  readonly maximumPending: number;
  readonly prompt: 'none' | 'digest' | 'excerpt';
  /** Where requests are kept; by default `approvals` in the folder of the audit. */
  readonly folder?: string | undefined;
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
