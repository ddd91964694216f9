import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemCode } from '../../call/system-code.ts';
import { GuardError } from '../../errors.ts';
import { Ledger } from '../ledger.ts';
import type { BudgetStore } from '../budget-store.ts';
import { holdLock } from './hold-lock.ts';
import type { Lock } from './lock.ts';
import { replaceFile } from './replace-file.ts';
import { readState, writeState } from './state-text.ts';
import { Steps } from './steps.ts';

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
  const steps = new Steps<Ledger>((run) => together(path, waitFor, run));
  const step = <T>(work: (ledger: Ledger) => T): Promise<T> => steps.add('write', work);
  return {
    reserve: (request, now) => step((ledger) => ledger.reserve(request, now)),
    settle: (id, spent, now) => step((ledger) => ledger.settle(id, spent, now)),
    name: (id, name, now) => step((ledger) => ledger.name(id, name, now)),
    find: (name, now) => step((ledger) => ledger.find(name, now)),
    held: (counter, now) => step((ledger) => ledger.held(counter, now)),
    read: (counter, now) => step((ledger) => ledger.read(counter, now)),
    close: () => steps.end(),
  };
}

async function together(path: string, waitFor: number, run: (ledger: Ledger) => void): Promise<void> {
  const lock = await locked(path, waitFor);
  try {
    const before = await readText(path);
    const ledger = new Ledger(before === undefined ? undefined : parsed(before, path));
    run(ledger);
    const after = writeState(ledger.state());
    if (after !== before) await replaceFile(path, after);
  } catch (cause) {
    throw cause instanceof GuardError ? cause : unavailable('it cannot be read or written', cause);
  } finally {
    await lock.release();
  }
}

async function locked(path: string, waitFor: number): Promise<Lock> {
  const lock = await holdLock(path, waitFor).catch((cause: unknown) => {
    throw unavailable('it cannot be locked', cause);
  });
  if (lock === undefined) throw unavailable('another process holds it');
  return lock;
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
