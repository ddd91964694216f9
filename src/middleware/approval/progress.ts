/** What happens while a call waits, for command lines and agents that want to say so. Never evidence. */
export type ApprovalProgress =
  | {
      readonly type: 'approval.waiting';
      readonly id: string;
      readonly approvers: readonly string[];
      readonly expiresAt: string;
    }
  | { readonly type: 'approval.notified'; readonly id: string; readonly channel: string }
  | {
      readonly type: 'approval.delivery.failed';
      readonly id: string;
      readonly channel: string;
      readonly attempt: number;
      readonly message: string;
    }
  | {
      readonly type: 'approval.voted';
      readonly id: string;
      readonly person: string;
      readonly verdict: string;
    }
  | { readonly type: 'approval.escalated'; readonly id: string; readonly approvers: readonly string[] }
  /** Another text than that of the caller runs, or waits for further people. */
  | {
      readonly type: 'approval.edited';
      readonly id: string;
      readonly person: string;
      readonly sql: string;
    }
  /** Somebody let a call run alone in an emergency. */
  | {
      readonly type: 'approval.emergency';
      readonly id: string;
      readonly person: string;
      readonly comment: string;
    }
  | { readonly type: 'approval.granted'; readonly id: string; readonly grant: string }
  | { readonly type: 'approval.settled'; readonly id: string; readonly state: string };

export type ReportProgress = (progress: ApprovalProgress) => void;

/** Somebody's broken progress bar must not stop a call. */
export function safely(report: ReportProgress | undefined): ReportProgress {
  return (progress) => {
    try {
      report?.(progress);
    } catch {
      // Deliberately nothing: progress is for show.
    }
  };
}
