import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { systemCode } from '../../call/system-code.ts';
import { GuardError } from '../../errors.ts';
import { Ledger } from '../ledger.ts';
import type { BudgetStore } from '../budget-store.ts';
import { takeLock, type Lock } from './lock.ts';
import { readState, writeState } from './state-text.ts';

export interface FileBudgetsOptions {
  /** Any number of processes of one machine may share it. */
  readonly file: string;
  /** How long another process may hold the file, in milliseconds; 10 s. */
  readonly waitFor?: number;
}

/**
 * Counters and leases in a JSON file, which is replaced whole and on disk before a call goes on. What gathers
 * while it is written is done in one go with the next writing.
 */
export function fileBudgets({ file, waitFor = 10_000 }: FileBudgetsOptions): BudgetStore {
  const path = resolve(file);
  const steps = new Steps(path, waitFor);
  return {
    reserve: (request, now) => steps.add((ledger) => ledger.reserve(request, now)),
    settle: (id, spent, now) => steps.add((ledger) => ledger.settle(id, spent, now)),
    name: (id, name, now) => steps.add((ledger) => ledger.name(id, name, now)),
    find: (name, now) => steps.add((ledger) => ledger.find(name, now)),
    held: (counter, now) => steps.add((ledger) => ledger.held(counter, now)),
    read: (counter, now) => steps.add((ledger) => ledger.read(counter, now)),
    close: () => steps.end(),
  };
}

interface Step {
  readonly run: (ledger: Ledger) => void;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** Steps on one file, in order; all that wait are done under one lock and one writing. */
class Steps {
  readonly #path: string;
  readonly #waitFor: number;
  #waiting: Step[] = [];
  #working: Promise<void> | undefined;

  constructor(path: string, waitFor: number) {
    this.#path = path;
    this.#waitFor = waitFor;
  }

  add<T>(work: (ledger: Ledger) => T): Promise<T> {
    return new Promise((resolveStep, reject) => {
      let outcome: { readonly value: T } | { readonly error: unknown };
      this.#waiting.push({
        run: (ledger) => {
          try {
            outcome = { value: work(ledger) };
          } catch (error) {
            outcome = { error };
          }
        },
        done: () => ('value' in outcome ? resolveStep(outcome.value) : reject(outcome.error)),
        fail: reject,
      });
      this.#working ??= this.#work();
    });
  }

  async end(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const steps = this.#waiting;
      this.#waiting = [];
      try {
        await this.#together(steps);
        for (const step of steps) step.done();
      } catch (error) {
        for (const step of steps) step.fail(error);
      }
    }
    this.#working = undefined;
  }

  async #together(steps: readonly Step[]): Promise<void> {
    const lock = await this.#lock();
    try {
      const before = await readText(this.#path);
      const ledger = new Ledger(before === undefined ? undefined : parsed(before, this.#path));
      for (const step of steps) step.run(ledger);
      const after = writeState(ledger.state());
      if (after !== before) await replaceFile(this.#path, after);
    } catch (cause) {
      throw cause instanceof GuardError ? cause : unavailable('it cannot be read or written', cause);
    } finally {
      await lock.release();
    }
  }

  async #lock(): Promise<Lock> {
    const until = performance.now() + this.#waitFor;
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      for (;;) {
        const lock = await takeLock(`${this.#path}.lock`);
        if (lock !== undefined) return lock;
        if (performance.now() > until) break;
        await sleep(2 + Math.random() * 8);
      }
    } catch (cause) {
      throw unavailable('it cannot be locked', cause);
    }
    throw unavailable('another process holds it');
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parsed(text: string, path: string): ReturnType<typeof readState> {
  const state = readState(text);
  if (state !== undefined) return state;
  throw unavailable(
    'it is damaged. Restore it, or take it away to begin anew',
    new Error(`${path} is no budget file of version 1.`),
  );
}

/** Whole or not at all, also when the machine stops in between. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${uuidv7()}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Else the old name of the file could be back after a crash. Windows cannot open folders and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The path stands in the cause: the message goes to whoever called. */
function unavailable(why: string, cause?: unknown): GuardError {
  const code = systemCode(cause);
  const said = code === undefined ? why : `${why} (${code})`;
  return new GuardError(
    'ERR_COST_UNAVAILABLE',
    `The budget file is unavailable: ${said}. Without it no call that a budget covers is made.`,
    { cause, reasons: [{ rule: 'budgets', message: said }] },
  );
}
