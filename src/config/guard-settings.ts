import type { OperationClass } from '../call/operation-class.ts';
import type { TokenAlgorithm } from '../middleware/approval/index.ts';
import type { DetectorRule } from '../middleware/detection/index.ts';
import type { KeyPlace, SinkSettings } from './guard-file.ts';
import type {
  Absence,
  Impersonation,
  MaskRule,
  PrincipalSelector,
  RuleException,
  Unclassified,
  WrappedKeyset,
} from '../middleware/policy/document.ts';

/**
 * What is written in a `guard.yaml`, for those who write it in TypeScript: durations are texts such as `5m`, sizes
 * texts such as `10 GiB`. The keys are explained in `docs/policy.md`.
 */
export interface GuardSettings {
  readonly $schema?: string | undefined;
  readonly version: 1;
  /** Further files, YAML or TypeScript, beside this one or below it. */
  readonly include?: readonly string[] | undefined;
  /** Files that belong to one environment each; `BIGQUERY_GUARD_ENVIRONMENT` chooses. */
  readonly environments?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly project?: string | undefined;
  readonly principal?: PrincipalWritten | undefined;
  readonly impersonate?: Impersonation | undefined;
  readonly people?: Readonly<Record<string, { readonly members: readonly PersonWritten[] }>> | undefined;
  readonly channels?: Readonly<Record<string, ChannelWritten>> | undefined;
  readonly engines?: Readonly<Record<string, EngineWritten>> | undefined;
  readonly tags?: Readonly<Record<string, TagWritten>> | undefined;
  readonly unclassified?: Unclassified | undefined;
  readonly rules?: readonly RuleWritten[] | undefined;
  readonly masks?: readonly MaskRule[] | undefined;
  readonly conflict?: 'strictest' | 'google' | undefined;
  readonly detectors?: readonly DetectorRule[] | undefined;
  readonly keys?: Readonly<Record<string, KeyWritten | readonly [KeyWritten, ...KeyWritten[]]>> | undefined;
  readonly keyDataset?: string | undefined;
  readonly answerWithin?: string | undefined;
  readonly limits?: readonly LimitWritten[] | undefined;
  readonly budgets?: readonly BudgetWritten[] | undefined;
  readonly cost?: CostWritten | undefined;
  readonly audit?: AuditWritten | undefined;
  readonly approval?: ApprovalWritten | undefined;
  readonly service?: ServiceWritten | undefined;
}

export type KeyWritten = KeyPlace & {
  readonly id?: number | undefined;
  readonly wrapped?: WrappedKeyset | undefined;
};

export interface PrincipalWritten {
  readonly id: string;
  readonly groups?: readonly string[] | undefined;
}

export interface PersonWritten {
  readonly id: string;
  readonly keys?: readonly string[] | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly absences?: readonly Absence[] | undefined;
}

export interface TagWritten {
  readonly columns?: readonly string[] | undefined;
  readonly tables?: readonly string[] | undefined;
  readonly datasets?: readonly string[] | undefined;
  readonly policyTags?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

type OperationWritten =
  | Exclude<OperationClass, 'unknown'>
  /** A method, such as `tables.get`. */
  | `${string}.${string}`;

interface RuleBaseWritten {
  readonly name: string;
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: RuleException | undefined;
  readonly operations?: readonly OperationWritten[] | undefined;
  readonly datasets?: readonly string[] | undefined;
  readonly tables?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  /** A condition in CEL. */
  readonly when?: string | undefined;
  readonly reason?: string | undefined;
  readonly mode?: 'enforce' | 'monitor' | undefined;
}

interface OpeningWritten {
  readonly nativePolicies?: 'accept' | undefined;
  readonly trusted?: boolean | undefined;
}

export type RuleWritten =
  | (RuleBaseWritten & { readonly effect: 'deny' })
  | (RuleBaseWritten & OpeningWritten & { readonly effect: 'allow' })
  | (RuleBaseWritten &
      OpeningWritten & { readonly effect: 'require-approval'; readonly approval: RuleApprovalWritten });

interface StageWritten {
  readonly from: readonly string[];
  readonly quorum?: number | 'all' | undefined;
}

export interface RuleApprovalWritten extends StageWritten {
  readonly expiresIn?: string | undefined;
  readonly next?: readonly StageWritten[] | undefined;
  readonly comment?: 'required' | undefined;
  readonly escalate?: { readonly after: string; readonly to: readonly string[] } | undefined;
  readonly breakGlass?:
    | { readonly from: readonly string[]; readonly expiresIn?: string | undefined }
    | undefined;
  readonly grants?: GrantsWritten | undefined;
  readonly unmask?: boolean | undefined;
}

export interface GrantsWritten {
  readonly uses?: number | undefined;
  readonly for?: string | undefined;
  readonly session?: boolean | undefined;
  readonly shape?: boolean | undefined;
  readonly bytes?: string | undefined;
  readonly rows?: number | undefined;
}

export interface LimitWritten {
  readonly name: string;
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: PrincipalSelector | undefined;
  readonly maximumBytesBilled?: string | undefined;
  readonly rows?: { readonly max: number; readonly over?: 'refuse' | undefined } | undefined;
  readonly concurrent?: number | undefined;
  readonly callsPerMinute?: number | undefined;
}

export interface BudgetWritten {
  readonly name: string;
  readonly principals?: PrincipalSelector | undefined;
  readonly except?: PrincipalSelector | undefined;
  readonly per?: 'principal' | 'agent' | 'session' | 'everyone' | undefined;
  readonly period?: 'day' | 'month' | 'ever' | undefined;
  readonly bytes?: string | undefined;
  readonly insertedBytes?: string | undefined;
  readonly price?: number | undefined;
}

export interface CostWritten {
  readonly edition?: 'on-demand' | 'capacity' | undefined;
  readonly pricePerTiB?: number | undefined;
  readonly insertPricePerGiB?: number | undefined;
  readonly currency?: string | undefined;
  readonly dryRun?: 'when-needed' | 'always' | undefined;
  readonly budgetFile?: string | undefined;
  readonly leaseFor?: string | undefined;
}

export interface AuditWritten {
  readonly folder: string;
  readonly parameters?: 'none' | 'hash' | 'full' | undefined;
  readonly prompts?: 'none' | 'hash' | 'full' | undefined;
  readonly durability?: 'before' | 'overlapped' | undefined;
  readonly sinks?: Readonly<Record<string, SinkWritten>> | undefined;
}

export interface SinkWritten extends Omit<SinkSettings, 'delivery'> {
  readonly delivery?: SinkSettings['delivery'] | undefined;
}

export type ChannelWritten = WebhookWritten | SlackWritten | TeamsWritten | MailWritten;

interface ToldWritten {
  readonly notify?: readonly string[] | undefined;
  readonly allowInsecureLoopback?: boolean | undefined;
}

interface OutgoingWritten {
  readonly ports?: readonly number[] | undefined;
  readonly allowPrivateAddresses?: boolean | undefined;
  readonly allowInsecureLoopback?: boolean | undefined;
}

type SecretWritten = string | readonly [string, ...string[]];

export interface WebhookWritten extends ToldWritten, OutgoingWritten {
  readonly webhook: string;
  readonly secretFromEnv: SecretWritten;
  readonly link?: string | undefined;
}

export interface SlackWritten extends ToldWritten, OutgoingWritten {
  readonly slack: string;
  readonly tokenFromEnv: string;
  readonly signingSecretFromEnv: SecretWritten;
  readonly members: Readonly<Record<string, string>>;
  readonly team?: string | undefined;
  readonly stepUp?: string | undefined;
  readonly apiUrl?: string | undefined;
}

export interface TeamsWritten extends ToldWritten, OutgoingWritten {
  readonly teams: string;
  readonly urlFromEnv: string;
}

export interface MailWritten extends ToldWritten {
  readonly mail: string;
  readonly to: Readonly<Record<string, string>>;
  readonly smtpFromEnv: string;
  readonly secretFromEnv: SecretWritten;
}

export interface TokenIssuerWritten extends OutgoingWritten {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: string;
  readonly algorithms?: readonly TokenAlgorithm[] | undefined;
  readonly claim?: string | undefined;
}

export interface PollWritten extends OutgoingWritten {
  readonly url: string;
  readonly secretFromEnv: string;
  readonly interval?: string | undefined;
}

export interface CallbackWritten {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly url?: string | undefined;
}

export type EngineWritten =
  | {
      readonly opa: string;
      readonly tokenFromEnv?: string | undefined;
      readonly timeout?: string | undefined;
    }
  | { readonly cedar: string };

export interface ApprovalWritten {
  readonly callback?: CallbackWritten | undefined;
  readonly tokens?: readonly TokenIssuerWritten[] | undefined;
  readonly poll?: PollWritten | undefined;
  readonly waitFor?: string | undefined;
  readonly onPending?: 'wait' | 'throw' | undefined;
  readonly deliverFor?: string | undefined;
  readonly tolerance?: number | undefined;
  readonly maximumPending?: number | undefined;
  readonly prompt?: 'none' | 'digest' | 'excerpt' | undefined;
  readonly folder?: string | undefined;
}

export interface ServiceWritten {
  readonly tokens: readonly {
    readonly fromEnv: string;
    readonly principal: PrincipalWritten;
    readonly agent?: string | undefined;
  }[];
  readonly upstream?:
    | { readonly url?: string | undefined; readonly credentials?: 'application-default' | 'none' | undefined }
    | undefined;
}

/**
 * Types a `guard.config.ts`; the file is named where a `guard.yaml` would be.
 *
 * `export default defineConfig({ version: 1, project: 'acme', rules: [] });`
 */
export function defineConfig(settings: GuardSettings): GuardSettings {
  return settings;
}
