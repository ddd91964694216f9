import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { takeLock, type Lock } from '../../../store/file/lock.ts';
import { unavailable } from '../unavailable.ts';

/** A file with its own chain, or a folder in which each process at work has a file of its own. */
export type AuditPlace = { readonly file: string } | { readonly folder: string };

/** A file that this process alone may write. */
export interface Taken {
  readonly path: string;
  readonly lock: Lock;
}

export async function takePlace(place: AuditPlace): Promise<Taken> {
  if ('folder' in place) return takeInFolder(resolve(place.folder));
  const path = resolve(place.file);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const lock = await takeLock(`${path}.lock`);
  if (lock === undefined) throw unavailable('another process writes to this file');
  return { path, lock };
}

const mostProcesses = 1000;

/** The first file that nobody writes to, so that one process after another continues one chain. */
async function takeInFolder(folder: string): Promise<Taken> {
  await privateFolder(folder);
  for (let number = 1; number <= mostProcesses; number += 1) {
    const path = join(folder, `audit-${String(number).padStart(4, '0')}.jsonl`);
    const lock = await takeLock(`${path}.lock`);
    if (lock !== undefined) return { path, lock };
  }
  throw unavailable(`${mostProcesses} processes write to this folder already`);
}

async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  if ((mode & 0o077) !== 0) await chmod(folder, 0o700);
}
