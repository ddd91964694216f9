import { newId } from '../call/new-id.ts';
import type { Change, CommitOutcome, Entry, EntryPage } from './entry-store.ts';
import { SortedKeys } from './sorted-keys.ts';

/** What a commit does to one key. */
export type Written = Entry | { readonly key: string; readonly removed: true };

/** The rules of a store of entries, over plain state: no waiting, so each method is one step. */
export class Entries {
  readonly #entries = new Map<string, Entry>();
  readonly #keys = new SortedKeys();
  #sweepAt = 0;

  get(key: string, now: Date): Entry | undefined {
    return alive(this.#entries.get(checkedKey(key)), now);
  }

  list(prefix: string, now: Date, { after, limit = Infinity }: EntryPage = {}): readonly Entry[] {
    const found: Entry[] = [];
    for (const key of this.#keys.from(after !== undefined && after >= prefix ? after : prefix)) {
      if (!key.startsWith(prefix) || found.length >= limit) break;
      const entry = key === after ? undefined : alive(this.#entries.get(key), now);
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }

  /** Makes the changes; what was written comes along, so that it can be kept elsewhere too. */
  commit(
    changes: readonly Change[],
    now: Date,
  ): { readonly outcome: CommitOutcome; readonly written: readonly Written[] } {
    checkChanges(changes);
    checkedTime(now);
    const conflict = changes.find(({ key, expected }) => this.get(key, now)?.version !== expected);
    if (conflict !== undefined) return { outcome: { kind: 'conflict', key: conflict.key }, written: [] };
    const version = newId();
    const written = changes.map((change) => writtenBy(change, version));
    this.#sweep(now);
    this.apply(written);
    return { outcome: { kind: 'committed', version }, written };
  }

  apply(written: readonly Written[]): void {
    for (const each of written) {
      if ('removed' in each) this.#remove(each.key);
      else this.#put(each);
    }
  }

  all(now: Date): readonly Entry[] {
    return this.list('', now);
  }

  /** Keys that are not as they were there. */
  differing(before: Entries): readonly { readonly key: string }[] {
    const all = new Map([...before.#entries, ...this.#entries]);
    return [...all.values()].filter(
      ({ key }) => before.#entries.get(key)?.version !== this.#entries.get(key)?.version,
    );
  }

  #put(entry: Entry): void {
    if (!this.#entries.has(entry.key)) this.#keys.add(entry.key);
    this.#entries.set(entry.key, entry);
  }

  #remove(key: string): void {
    if (this.#entries.delete(key)) this.#keys.remove(key);
  }

  #sweep(date: Date): void {
    const now = date.getTime();
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + 60_000;
    for (const entry of this.#entries.values()) {
      if (alive(entry, date) === undefined) this.#remove(entry.key);
    }
  }
}

function alive(entry: Entry | undefined, now: Date): Entry | undefined {
  const ended = entry?.expiresAt !== undefined && entry.expiresAt.getTime() <= checkedTime(now).getTime();
  return ended ? undefined : entry;
}

function writtenBy({ key, value, expiresAt }: Change, version: string): Written {
  if (value === undefined) return { key, removed: true };
  return { key, value, version, ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }) };
}

function checkChanges(changes: readonly Change[]): void {
  if (changes.length === 0) throw new TypeError('A commit changes something.');
  const keys = changes.map(({ key }) => checkedKey(key));
  if (new Set(keys).size < keys.length) throw new TypeError('A commit names each key once.');
  for (const { expiresAt } of changes) if (expiresAt !== undefined) checkedTime(expiresAt);
}

/** The same order everywhere, and no two keys that a database takes for one. */
function checkedKey(key: string): string {
  if (/^[!-~]{1,500}$/.test(key)) return key;
  throw new TypeError('A key has 1 to 500 characters of ASCII that can be seen, and no blanks.');
}

function checkedTime(time: Date): Date {
  if (Number.isNaN(time.getTime())) throw new TypeError('The clock gives no time.');
  return time;
}
