import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from './job.ts';

/** BigQuery holds an answer up to ten seconds unless `timeoutMs` says otherwise. */
const defaultHold = 10_000;

/** Waits until the job has ended or the hold is over. */
export async function waitFor(job: Job, timeoutMs: number = defaultHold): Promise<void> {
  if (job.outcome !== undefined) return;
  const stop = new AbortController();
  const hold = sleep(Math.min(timeoutMs, 200_000), undefined, { signal: stop.signal }).catch(() => undefined);
  await Promise.race([job.finished, hold]);
  stop.abort();
}
