import type { Agent } from '../../call/principal.ts';
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
  /** The signed bytes as text. */
  readonly body: string;
}

export interface Vote {
  readonly person: string;
  readonly verdict: Verdict;
  readonly comment?: string;
  readonly at: string;
  readonly proof: VoteProof;
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
  readonly approvers: readonly string[];
  /** How many distinct people must approve. */
  readonly quorum: number;
  readonly votes: readonly Vote[];
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly transitions: readonly Transition[];
  /** What the approvers are shown, in full. */
  readonly notice: ApprovalNotice;
}

export interface Requester {
  readonly principal: string;
  readonly delegation: readonly string[];
  readonly agent?: Agent;
  readonly session?: string;
  readonly callId: string;
}
