import type { ApprovalRecord } from './approval-record.ts';
import type { ApprovalStore } from './store.ts';

export interface MemoryApprovalsOptions {
  /** How many finished approvals are remembered, so that a late decision is told what became of it. */
  readonly finished?: number;
}

/** Approvals in the memory of this process: gone when it ends, and so are the calls that wait for them. */
export function memoryApprovals(options: MemoryApprovalsOptions = {}): ApprovalStore {
  return new MemoryApprovals(options.finished ?? 10_000);
}

class MemoryApprovals implements ApprovalStore {
  readonly #records = new Map<string, ApprovalRecord>();
  readonly #open = new Map<string, string>();
  readonly #pending = new Map<string, number>();
  readonly #finished = new Set<string>();
  readonly #listeners = new Set<(record: ApprovalRecord) => void>();
  readonly #maximumFinished: number;

  constructor(maximumFinished: number) {
    this.#maximumFinished = maximumFinished;
  }

  async insert(record: ApprovalRecord): Promise<ApprovalRecord> {
    const standing = this.#standing(record.requestHash);
    if (standing !== undefined) return standing;
    this.#keep(record);
    return record;
  }

  async get(id: string): Promise<ApprovalRecord | undefined> {
    return this.#records.get(id);
  }

  async findOpen(requestHash: string): Promise<ApprovalRecord | undefined> {
    return this.#standing(requestHash);
  }

  async replace(next: ApprovalRecord): Promise<boolean> {
    const stored = this.#records.get(next.id);
    if (stored === undefined || stored.version !== next.version - 1) return false;
    this.#count(stored, -1);
    this.#keep(next);
    return true;
  }

  async countPending(principal: string): Promise<number> {
    return this.#pending.get(principal) ?? 0;
  }

  watch(listener: (record: ApprovalRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #standing(requestHash: string): ApprovalRecord | undefined {
    const id = this.#open.get(requestHash);
    return id === undefined ? undefined : this.#records.get(id);
  }

  #keep(record: ApprovalRecord): void {
    this.#records.set(record.id, record);
    this.#count(record, 1);
    if (isOpen(record)) this.#open.set(record.requestHash, record.id);
    else this.#finish(record);
    for (const listener of this.#listeners) listener(record);
  }

  #finish(record: ApprovalRecord): void {
    if (this.#open.get(record.requestHash) === record.id) this.#open.delete(record.requestHash);
    this.#finished.add(record.id);
    for (const id of this.#finished) {
      if (this.#finished.size <= this.#maximumFinished) break;
      this.#finished.delete(id);
      this.#records.delete(id);
    }
  }

  #count(record: ApprovalRecord, by: 1 | -1): void {
    if (record.state !== 'pending') return;
    const { principal } = record.requester;
    const count = (this.#pending.get(principal) ?? 0) + by;
    if (count > 0) this.#pending.set(principal, count);
    else this.#pending.delete(principal);
  }
}

function isOpen(record: ApprovalRecord): boolean {
  return record.state === 'pending' || record.state === 'approved';
}
