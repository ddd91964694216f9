import type { Verdict } from './approval-record.ts';
import type { ApprovalNotice } from './notice.ts';
import type { ApprovalProgress } from './progress.ts';
import type { Refusal } from './transition.ts';

/**
 * A way to the people who decide: webhook, chat, e-mail, a test. `notify` settles when they have been told
 * and rejects when they cannot be. The decision may come back by another way.
 */
export interface ApprovalChannel {
  readonly name: string;
  /** Ids of the people whom it tells: requests that none of them may decide are not sent by it. Absent: everybody. */
  readonly people?: readonly string[] | undefined;
  notify(notice: ApprovalNotice, way: ChannelWay): Promise<void>;
}

export interface ChannelWay {
  /** Aborted when nobody waits any more: the request was decided, expired or withdrawn. */
  readonly signal: AbortSignal;
  /**
   * For channels that know for themselves who answered (a chat that signs its interactions, a console with a
   * login): they vouch for the person. Everybody else goes through the signed callback.
   */
  decide(decision: ChannelDecision): Promise<ChannelAnswer>;
  report(progress: ApprovalProgress): void;
}

export interface ChannelDecision {
  readonly verdict: Verdict;
  readonly person: string;
  readonly comment?: string | undefined;
}

export type ChannelAnswer =
  | { readonly kind: 'accepted'; readonly duplicate: boolean }
  | { readonly kind: 'refused'; readonly reason: Refusal };
