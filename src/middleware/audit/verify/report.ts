/**
 * `altered`: the line is not what its hash was made of, or no event at all. `missing`: events are absent
 * before this line. `duplicate` and `reordered`: the sequence was there already or goes back. `relinked`: the
 * sequence fits and the link does not, so the events before were exchanged. `truncated`: the end is cut off.
 * `badHead`: a signed head is forged, not by the given key, or contradicts the chain. `unsigned`: no head by
 * the given key where there has to be one. `badManifest`: an entry of the manifest is forged, or contradicts the closed
 * segment it names. `anchorMismatch`: the chain does not hold the anchored event.
 */
export type ProblemKind =
  | 'altered'
  | 'missing'
  | 'duplicate'
  | 'reordered'
  | 'relinked'
  | 'truncated'
  | 'badHead'
  | 'badManifest'
  | 'unsigned'
  | 'anchorMismatch'
  | 'unreadable';

export interface Problem {
  readonly kind: ProblemKind;
  readonly file: string;
  /** Counted from 1; in the heads file for `badHead`, in the manifest where `file` is one. */
  readonly line?: number;
  readonly sequence?: number;
  readonly message: string;
}

/** One chain, which may go over several segments. */
export interface FileReport {
  readonly file: string;
  /** How many files it is in. */
  readonly segments: number;
  readonly events: number;
  /** The last event: keep it elsewhere and give it to the next verification as an anchor. */
  readonly end: { readonly sequence: number; readonly hash: string };
  /** The last event that a valid signed head covers; 0 without any. */
  readonly signedUpTo: number;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly events: number;
  /** The first 1,000 problems. */
  readonly problems: readonly Problem[];
  readonly files: readonly FileReport[];
  /** Events whose time is before that of the one before: the clock was set back. No problem by itself. */
  readonly clockSteps: number;
  /** Events that no valid signed head covers. No problem by itself: signing is a choice. */
  readonly unsigned: number;
}
