import type { ApprovalRecord } from './approval-record.ts';
import type { ApprovalStore, Stop } from './store.ts';

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
  readonly #grants = new Map<string, Set<string>>();
  readonly #lastOfShape = new Map<string, string>();
  readonly #pending = new Map<string, number>();
  readonly #finished = new Set<string>();
  readonly #stops = new Map<string, Stop>();
  readonly #listeners = new Set<(record: ApprovalRecord) => void>();
  readonly #maximumFinished: number;

  constructor(maximumFinished: number) {
    this.#maximumFinished = maximumFinished;
  }

  async insert(record: ApprovalRecord): Promise<ApprovalRecord> {
    const standing = this.#known(this.#open.get(record.requestHash));
    if (standing !== undefined) return standing;
    this.#keep(record);
    return record;
  }

  async get(id: string): Promise<ApprovalRecord | undefined> {
    return this.#records.get(id);
  }

  async findOpen(requestHash: string): Promise<ApprovalRecord | undefined> {
    return this.#known(this.#open.get(requestHash));
  }

  async replace(next: ApprovalRecord): Promise<boolean> {
    const stored = this.#records.get(next.id);
    if (stored === undefined || stored.version !== next.version - 1) return false;
    this.#count(stored, -1);
    this.#keep(next);
    return true;
  }

  async findGrants(key: string): Promise<readonly ApprovalRecord[]> {
    return [...(this.#grants.get(key) ?? [])].flatMap((id) => this.#records.get(id) ?? []);
  }

  async findLastApproved(shape: string): Promise<ApprovalRecord | undefined> {
    return this.#known(this.#lastOfShape.get(shape));
  }

  async listOpen(): Promise<readonly ApprovalRecord[]> {
    return [...this.#open.values()].flatMap((id) => this.#records.get(id) ?? []);
  }

  async countPending(principal: string): Promise<number> {
    return this.#pending.get(principal) ?? 0;
  }

  async putStop(stop: Stop): Promise<void> {
    this.#stops.set(stop.subject, stop);
  }

  async removeStop(subject: string): Promise<boolean> {
    return this.#stops.delete(subject);
  }

  async findStop(subjects: readonly string[]): Promise<Stop | undefined> {
    return subjects.map((subject) => this.#stops.get(subject)).find((stop) => stop !== undefined);
  }

  watch(listener: (record: ApprovalRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #known(id: string | undefined): ApprovalRecord | undefined {
    return id === undefined ? undefined : this.#records.get(id);
  }

  #keep(record: ApprovalRecord): void {
    this.#records.set(record.id, record);
    this.#count(record, 1);
    if (isOpen(record)) this.#open.set(record.requestHash, record.id);
    else this.#finish(record);
    this.#index(record);
    for (const listener of this.#listeners) listener(record);
  }

  #index({ id, state, grant, keys }: ApprovalRecord): void {
    if (state === 'approved' && keys.shape !== undefined) this.#lastOfShape.set(keys.shape, id);
    if (grant === undefined) return;
    const ids = this.#grants.get(grant.key) ?? new Set();
    if (state === 'approved') this.#grants.set(grant.key, ids.add(id));
    else if (ids.delete(id) && ids.size === 0) this.#grants.delete(grant.key);
  }

  #finish(record: ApprovalRecord): void {
    if (this.#open.get(record.requestHash) === record.id) this.#open.delete(record.requestHash);
    this.#finished.add(record.id);
    for (const id of this.#finished) {
      if (this.#finished.size <= this.#maximumFinished) break;
      this.#finished.delete(id);
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    const shape = this.#records.get(id)?.keys.shape;
    if (shape !== undefined && this.#lastOfShape.get(shape) === id) this.#lastOfShape.delete(shape);
    this.#records.delete(id);
  }

  #count(record: ApprovalRecord, by: 1 | -1): void {
    if (record.state !== 'pending') return;
    const { principal } = record.requester;
    const count = (this.#pending.get(principal) ?? 0) + by;
    if (count > 0) this.#pending.set(principal, count);
    else this.#pending.delete(principal);
  }
}

export function isOpen({ state }: ApprovalRecord): boolean {
  return state === 'pending' || state === 'approved';
}
