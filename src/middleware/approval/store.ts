import type { ApprovalRecord } from './approval-record.ts';

/**
 * Where approvals live. Plain JSON records, one compare-and-set; a store that cannot answer throws, and the
 * call is refused. `testApprovalStore` of `bigquery-guard/testing` holds what an implementation must do.
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
  /** Approved records whose grant has this key. */
  findGrants(key: string): Promise<readonly ApprovalRecord[]>;
  /** Of the records of this shape the one that was approved last. */
  findLastApproved(shape: string): Promise<ApprovalRecord | undefined>;
  /** Everything that is pending or approved. */
  listOpen(): Promise<readonly ApprovalRecord[]>;
  countPending(principal: string): Promise<number>;
  /** Keeps everything of this subject from running, until it is taken away. */
  putStop(stop: Stop): Promise<void>;
  /** False when there was none. */
  removeStop(subject: string): Promise<boolean>;
  findStop(subjects: readonly string[]): Promise<Stop | undefined>;
  /** Calls the listener after every insert and replace. Returns how to stop that. */
  watch(listener: (record: ApprovalRecord) => void): () => void;
  close?(): Promise<void>;
}

/** A kill switch that is on. */
export interface Stop {
  /** `principal:…` or `session:…` */
  readonly subject: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}
