import type { Agent } from '../../call/principal.ts';
import type { ApprovalRequirement } from '../policy/requirement.ts';
import type { ApprovalNotice } from './notice.ts';

/**
 * `pending → approved | rejected | expired | cancelled`, `approved → consumed | expired | revoked`; every
 * other state is final.
 */
export type ApprovalState =
  | 'pending'
  | 'approved'
  | 'rejected'
  | 'expired'
  | 'cancelled'
  | 'consumed'
  | 'revoked';

export type Verdict = 'approve' | 'reject';

/** What shows that the vote is the person's own. A signed one can be checked again at any time. */
export type VoteProof = SignatureProof | TokenProof | ChannelProof;

/** A token (JWT) of an issuer that the configuration names. */
export interface TokenProof {
  readonly kind: 'token';
  /** `jti` */
  readonly messageId: string;
  readonly issuer: string;
  /** RFC 7638 thumbprint of the key that verified it. */
  readonly key: string;
  /** That key as JWK, so that the token can be checked again when the issuer has changed its keys. */
  readonly publicKey: string;
  /** The token. */
  readonly body: string;
}

/** The word of a channel, with what it knew the person by. */
export interface ChannelProof {
  readonly kind: 'channel';
  readonly channel: string;
  readonly [evidence: string]: string;
}

export interface SignatureProof {
  readonly kind: 'signature';
  readonly messageId: string;
  readonly timestamp: number;
  readonly signature: string;
  /** SHA-256, hex, of the key that verified it. */
  readonly key: string;
  /** That key, if it is a public one (`whpk_…`), so that the signature can be checked by whoever has the record. */
  readonly publicKey?: string;
  /** The signed bytes as text. */
  readonly body: string;
}

export interface Vote {
  readonly person: string;
  readonly verdict: Verdict;
  readonly comment?: string | undefined;
  readonly at: string;
  readonly proof: VoteProof;
  /** The absent person in whose place it was given. */
  readonly inPlaceOf?: string | undefined;
  /** Cast in an emergency by somebody who may let the call run alone. */
  readonly breakGlass?: true | undefined;
  /** What shall run instead: a request of its own, which the policy judges anew. */
  readonly edit?: Edit | undefined;
  /** For how much more than this one execution the approval shall stand. */
  readonly grant?: GrantTerms | undefined;
}

export interface Edit {
  readonly sql: string;
}

/** How far an approval goes beyond one execution. Each part that is stated holds. */
export interface GrantTerms {
  /** `exact`: the same request again. `shape`: also with other literals and parameter values. */
  readonly scope: 'exact' | 'shape';
  readonly uses?: number | undefined;
  readonly until?: string | undefined;
  /** Only in the session that asked. */
  readonly session?: true | undefined;
  /** The most bytes that a query of the shape may process. */
  readonly bytes?: number | undefined;
  /** The most rows that a query of the shape may hand out. */
  readonly rows?: number | undefined;
}

/** A grant in force. */
export interface Grant extends GrantTerms {
  readonly used: number;
  /** What a query must have in common with the one that was asked about. */
  readonly key: string;
  /** Full names of the only tables and columns that a query of the shape may touch. */
  readonly tables: readonly string[];
  readonly columns: readonly string[];
}

/** One step of the state machine; `hash` covers it and the hash before, the first one the request hash. */
export interface Transition {
  readonly from: ApprovalState;
  readonly to: ApprovalState;
  readonly at: string;
  readonly by?: string;
  readonly reason?: string;
  readonly hash: string;
}

export interface ApprovalRecord {
  readonly id: string;
  readonly requestHash: string;
  readonly state: ApprovalState;
  /** Grows by one with every change; what compare-and-set compares. */
  readonly version: number;
  readonly requester: Requester;
  readonly requirement: ApprovalRequirement;
  readonly votes: readonly Vote[];
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly transitions: readonly Transition[];
  /** What other queries have in common with this one, for grants. */
  readonly keys: { readonly exact: string; readonly shape?: string | undefined };
  /** What the dry run said when people were asked. */
  readonly approvedBytes?: number | undefined;
  /** When the approvers had been told. */
  readonly toldAt?: string | undefined;
  /** When further people were asked, because nobody had decided. */
  readonly escalatedAt?: string | undefined;
  readonly grant?: Grant | undefined;
  /** The request that an approver wants to run instead, or from which this one came. */
  readonly editOf?: string | undefined;
  /** The job that the approval was spent on. */
  readonly job?: JobName | undefined;
  /** What the approvers are shown, in full. */
  readonly notice: ApprovalNotice;
}

export interface JobName {
  readonly project: string;
  readonly jobId: string;
  readonly location?: string | undefined;
}

export interface Requester {
  readonly principal: string;
  readonly delegation: readonly string[];
  readonly agent?: Agent;
  readonly session?: string;
  readonly callId: string;
}
