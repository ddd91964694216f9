import type { ApprovalRecord, Verdict, Vote } from './approval-record.ts';
import type { ApprovalNotice } from './notice.ts';
import type { CallbackRefusal } from './approval-event.ts';
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
  /** Told once the request is decided, expired or withdrawn, so that nobody is asked any more. */
  settled?(record: ApprovalRecord, signal: AbortSignal): Promise<void>;
  /**
   * Takes requests that come in by this channel: the callback's address, a slash and the name of the channel.
   * It has to find out for itself who sent them.
   */
  receive?(request: Request, desk: ChannelDesk): Promise<Response>;
  /** Shows that the other end is there and takes what we send; asks nobody anything. */
  ping?(signal: AbortSignal): Promise<PingAnswer>;
}

export interface ChannelWay {
  /** Aborted when nobody waits any more: the request was decided, expired or withdrawn. */
  readonly signal: AbortSignal;
  /** For channels that answer by themselves, such as a test. */
  decide(decision: ChannelDecision): Promise<ChannelAnswer>;
  /** One attempt to tell them has failed and another one follows. */
  attemptFailed(message: string): void;
}

/** What a channel may do with what it receives. The rules about who may decide hold as for everybody. */
export interface ChannelDesk {
  readonly now: Date;
  find(id: string): Promise<ApprovalRecord | undefined>;
  /** For a person whom the channel vouches for. A request hash that differs is refused. */
  decide(id: string, requestHash: string, decision: ChannelDecision): Promise<ChannelAnswer>;
  /** Writes down that a message was turned away whose sender is not known. */
  turnAway(reason: CallbackRefusal): Promise<void>;
}

export interface ChannelDecision {
  readonly verdict: Verdict;
  readonly person: string;
  readonly comment?: string | undefined;
  /** What the channel knows the person by, kept with the vote. No secrets. */
  readonly evidence?: Readonly<Record<string, string>>;
  readonly edit?: Vote['edit'];
  readonly grant?: Vote['grant'];
  readonly breakGlass?: Vote['breakGlass'];
}

export type ChannelAnswer =
  | { readonly kind: 'accepted'; readonly duplicate: boolean; readonly record: ApprovalRecord }
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly record: ApprovalRecord | undefined };

export interface PingAnswer {
  readonly ok: boolean;
  readonly detail: string;
}
