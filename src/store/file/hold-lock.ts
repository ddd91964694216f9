import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock, type Lock } from './lock.ts';

/** The lock of a file, whose folder is made where it is missing; `undefined` when others hold it all the time. */
export async function holdLock(path: string, waitFor: number): Promise<Lock | undefined> {
  const until = performance.now() + waitFor;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  for (;;) {
    const lock = await takeLock(`${path}.lock`);
    if (lock !== undefined || performance.now() > until) return lock;
    await sleep(2 + Math.random() * 8);
  }
}
