import type { ApprovalRecord } from './approval-record.ts';

/**
 * Where approvals live. Plain JSON records, one compare-and-set; a store that cannot answer throws, and the
 * call is refused. `testApprovalStore` holds what an implementation must do.
 */
export interface ApprovalStore {
  /**
   * Adds the record, unless one that is pending or approved has the same request hash. Answers the one that
   * stands: two workers that ask the same thing at once share one approval.
   */
  insert(record: ApprovalRecord): Promise<ApprovalRecord>;
  get(id: string): Promise<ApprovalRecord | undefined>;
  /** The pending or approved record of this hash. */
  findOpen(requestHash: string): Promise<ApprovalRecord | undefined>;
  /** Stores `next` if the stored version is still `next.version - 1`; false means somebody was faster. */
  replace(next: ApprovalRecord): Promise<boolean>;
  countPending(principal: string): Promise<number>;
  /** Calls the listener after every insert and replace. Returns how to stop that. */
  watch(listener: (record: ApprovalRecord) => void): () => void;
}
