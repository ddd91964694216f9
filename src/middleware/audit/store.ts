import type { AuditEntry } from './event.ts';
import type { OpenCall } from './recovery/open-calls.ts';

/** Where the record is kept. The store gives every entry its sequence and its link in the chain. */
export interface AuditStore {
  /**
   * Resolves when all entries are durable, in this order and with nothing between them. Rejects with
   * `ERR_AUDIT_UNAVAILABLE` when none of them is; they may then be offered again.
   */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** The calls that earlier processes left without an outcome, for stores that outlive them. */
  openCalls?(): Promise<readonly OpenCall[]>;
  /** Waits for what was appended and gives the store free. Appending afterwards rejects. */
  close(): Promise<void>;
}
