import { resolve } from 'node:path';
import { systemCode } from '../../call/system-code.ts';
import { GuardError } from '../../errors.ts';
import type { Entries, Written } from '../entries.ts';
import type { Change, CommitOutcome, EntryStore } from '../entry-store.ts';
import { Watchers } from '../watchers.ts';
import { holdLock } from './hold-lock.ts';
import { DamagedJournal, Journal } from './journal.ts';
import type { Lock } from './lock.ts';
import { Steps, type StepKind } from './steps.ts';

/** Entries in a file that any number of processes of one machine may share. */
export function fileEntries(file: string, waitFor: number): EntryStore {
  const store = new FileEntries(resolve(file), waitFor);
  return {
    get: (key, now) => store.read((entries) => entries.get(key, now)),
    list: (prefix, now, page) => store.read((entries) => entries.list(prefix, now, page)),
    commit: (changes, now) => store.commit(changes, now),
    watch: (prefix, listener) => store.watch(prefix, listener),
    close: () => store.close(),
  };
}

class FileEntries {
  readonly #path: string;
  readonly #waitFor: number;
  readonly #watchers = new Watchers();
  readonly #journal: Journal;
  readonly #steps: Steps<Entries>;
  /** What the steps under way have changed, commit by commit. */
  #fresh: (readonly Written[])[] = [];
  #now = new Date(0);
  #looking: NodeJS.Timeout | undefined;

  constructor(path: string, waitFor: number) {
    this.#path = path;
    this.#waitFor = waitFor;
    this.#journal = new Journal(path, (changed) => this.#watchers.tell(changed));
    this.#steps = new Steps((run, kind) => this.#together(run, kind));
  }

  read<T>(work: (entries: Entries) => T): Promise<T> {
    return this.#steps.add('read', work);
  }

  commit(changes: readonly Change[], now: Date): Promise<CommitOutcome> {
    return this.#steps.add('write', (entries) => {
      const { outcome, written } = entries.commit(changes, now);
      if (written.length > 0) this.#fresh.push(written);
      this.#now = now;
      return outcome;
    });
  }

  watch(prefix: string, listener: (key: string) => void): () => void {
    const stop = this.#watchers.add(prefix, listener);
    this.#looking ??= setInterval(() => void this.#look(), 250).unref();
    return () => {
      stop();
      if (this.#watchers.size === 0) this.#stopLooking();
    };
  }

  async close(): Promise<void> {
    this.#stopLooking();
    await this.#steps.end();
  }

  async #together(run: (entries: Entries) => void, kind: StepKind): Promise<void> {
    const lock = kind === 'write' ? await this.#lock() : undefined;
    this.#fresh = [];
    try {
      await this.#journal.refresh();
      run(this.#journal.entries);
      if (this.#fresh.length > 0) await this.#journal.add(this.#fresh, this.#now);
    } catch (cause) {
      throw cause instanceof DamagedJournal
        ? unavailable('its file is damaged. Restore it, or take it away to begin anew', cause)
        : unavailable('its file cannot be read or written', cause);
    } finally {
      await lock?.release();
    }
    for (const written of this.#fresh) this.#watchers.tell(written);
  }

  async #lock(): Promise<Lock> {
    const lock = await holdLock(this.#path, this.#waitFor).catch((cause: unknown) => {
      throw unavailable('its file cannot be locked', cause);
    });
    if (lock === undefined) throw unavailable('another process holds its file');
    return lock;
  }

  /** A store that cannot be read says so to the next who asks it something. */
  async #look(): Promise<void> {
    await this.read(() => undefined).catch(() => undefined);
  }

  #stopLooking(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }
}

/** The path stands in the cause: the message goes to whoever called. */
function unavailable(why: string, cause?: unknown): GuardError {
  const code = systemCode(cause);
  const said = code === undefined ? why : `${why} (${code})`;
  return new GuardError(
    'ERR_STORE_UNAVAILABLE',
    `The store is unavailable: ${said}. Nothing was done that depends on it.`,
    { cause, reasons: [{ rule: 'store', message: said }] },
  );
}
