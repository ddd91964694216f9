import { createHash } from 'node:crypto';
import type { Change, EntryStore } from '../../store/index.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { isOpen } from './memory-approvals.ts';
import type { ApprovalStore, Stop } from './store.ts';

export interface EntryApprovalsOptions {
  readonly now?: () => Date;
  /** How long a finished approval is remembered, in milliseconds; 30 days. */
  readonly keepFor?: number;
}

/**
 * Approvals among the entries that processes share: whoever comes after a crash finds them. A record and what
 * leads to it are one commit.
 *
 * ```ts
 * approval({ …, store: entryApprovals(sharedFolder({ folder: '/var/lib/guard/state' }).entries) })
 * ```
 */
export function entryApprovals(entries: EntryStore, options: EntryApprovalsOptions = {}): ApprovalStore {
  return new EntryApprovals(entries, options);
}

class EntryApprovals implements ApprovalStore {
  readonly #entries: EntryStore;
  readonly #now: () => Date;
  readonly #keepFor: number;

  constructor(
    entries: EntryStore,
    { now = () => new Date(), keepFor = 30 * 86_400_000 }: EntryApprovalsOptions,
  ) {
    this.#entries = entries;
    this.#now = now;
    this.#keepFor = keepFor;
  }

  async insert(record: ApprovalRecord): Promise<ApprovalRecord> {
    for (;;) {
      const standing = await this.findOpen(record.requestHash);
      if (standing !== undefined) return standing;
      const changes = await this.#changes(undefined, record);
      if (await this.#commit(changes)) return record;
    }
  }

  async get(id: string): Promise<ApprovalRecord | undefined> {
    const entry = await this.#entries.get(recordKey(id), this.#now());
    return entry === undefined ? undefined : recordIn(entry.value);
  }

  async findOpen(requestHash: string): Promise<ApprovalRecord | undefined> {
    return this.#follow(openKey(requestHash));
  }

  async replace(next: ApprovalRecord): Promise<boolean> {
    for (;;) {
      const entry = await this.#entries.get(recordKey(next.id), this.#now());
      const stored = entry === undefined ? undefined : recordIn(entry.value);
      if (stored === undefined || stored.version !== next.version - 1) return false;
      // In conflict over an entry beside the record, it is tried again: only the record itself decides.
      const changes = await this.#changes({ record: stored, version: entry?.version }, next);
      if (await this.#commit(changes)) return true;
    }
  }

  async findGrants(key: string): Promise<readonly ApprovalRecord[]> {
    return this.#followAll(`approval/grant/${key}/`);
  }

  async findLastApproved(shape: string): Promise<ApprovalRecord | undefined> {
    return this.#follow(shapeKey(shape));
  }

  async listOpen(): Promise<readonly ApprovalRecord[]> {
    return this.#followAll('approval/open/');
  }

  async countPending(principal: string): Promise<number> {
    return (await this.#entries.list(pendingPrefix(principal), this.#now())).length;
  }

  async putStop(stop: Stop): Promise<void> {
    const key = stopKey(stop.subject);
    for (;;) {
      const before = await this.#entries.get(key, this.#now());
      const change = { key, expected: before?.version, value: JSON.stringify(stop) };
      if (await this.#commit([change])) return;
    }
  }

  async removeStop(subject: string): Promise<boolean> {
    const key = stopKey(subject);
    const before = await this.#entries.get(key, this.#now());
    if (before === undefined) return false;
    return this.#commit([{ key, expected: before.version, value: undefined }]);
  }

  async findStop(subjects: readonly string[]): Promise<Stop | undefined> {
    for (const subject of subjects) {
      const entry = await this.#entries.get(stopKey(subject), this.#now());
      if (entry !== undefined) return stopIn(entry.value);
    }
    return undefined;
  }

  watch(listener: (record: ApprovalRecord) => void): () => void {
    const tell = async (key: string): Promise<void> => {
      const record = await this.get(key.slice(recordKey('').length));
      if (record !== undefined) listener(record);
    };
    // A store that does not answer says so to whoever asks it next.
    return this.#entries.watch(recordKey(''), (key) => void tell(key).catch(() => undefined));
  }

  async close(): Promise<void> {
    await this.#entries.close?.();
  }

  async #commit(changes: readonly Change[]): Promise<boolean> {
    return (await this.#entries.commit(changes, this.#now())).kind === 'committed';
  }

  async #follow(key: string): Promise<ApprovalRecord | undefined> {
    const entry = await this.#entries.get(key, this.#now());
    return entry === undefined ? undefined : this.get(entry.value);
  }

  async #followAll(prefix: string): Promise<readonly ApprovalRecord[]> {
    const found = await this.#entries.list(prefix, this.#now());
    const records = await Promise.all(found.map(async ({ value }) => this.get(value)));
    return records.filter((record) => record !== undefined);
  }

  /** The record, and each entry that leads to it, from what was stored to what comes next. */
  async #changes(
    before: { readonly record: ApprovalRecord; readonly version: string | undefined } | undefined,
    next: ApprovalRecord,
  ): Promise<readonly Change[]> {
    const now = this.#now();
    const forget = new Date(now.getTime() + this.#keepFor);
    const record: Change = {
      key: recordKey(next.id),
      expected: before?.version,
      value: JSON.stringify(next),
      ...(!isOpen(next) && { expiresAt: forget }),
    };
    const [old, fresh] = [pathsTo(before?.record), pathsTo(next)];
    const changed = [...new Set([...old, ...fresh])].filter((key) => old.has(key) !== fresh.has(key));
    const paths = await Promise.all(
      changed.map(async (key): Promise<Change> => {
        const entry = await this.#entries.get(key, now);
        const others = entry?.value === next.id ? undefined : entry?.value;
        const value = fresh.has(key) ? next.id : others;
        const lasts = key.startsWith(shapeKey('')) ? { expiresAt: forget } : {};
        return { key, expected: entry?.version, value, ...lasts };
      }),
    );
    return [record, ...paths];
  }
}

/** The keys that lead to a record in this state. That of the last approved of a shape stays. */
function pathsTo(record: ApprovalRecord | undefined): ReadonlySet<string> {
  if (record === undefined) return new Set();
  const { id, state, requestHash, requester, grant, keys } = record;
  const wasApproved = record.transitions.some(({ to }) => to === 'approved');
  return new Set([
    ...(isOpen(record) ? [openKey(requestHash)] : []),
    ...(state === 'pending' ? [`${pendingPrefix(requester.principal)}${id}`] : []),
    ...(state === 'approved' && grant !== undefined ? [`approval/grant/${grant.key}/${id}`] : []),
    ...(wasApproved && keys.shape !== undefined ? [shapeKey(keys.shape)] : []),
  ]);
}

const recordKey = (id: string): string => `approval/record/${id}`;
const openKey = (requestHash: string): string => `approval/open/${requestHash}`;
const shapeKey = (shape: string): string => `approval/shape/${shape}`;
const pendingPrefix = (principal: string): string => `approval/pending/${named(principal)}/`;
const stopKey = (subject: string): string => `approval/stop/${named(subject)}`;

/** Our own writing, whole by the promise of the store. */
function recordIn(value: string): ApprovalRecord {
  const record: ApprovalRecord = JSON.parse(value);
  return record;
}

function stopIn(value: string): Stop {
  const stop: Stop = JSON.parse(value);
  return stop;
}

/** Keys hold plain characters only; names of principals do not. */
function named(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
