import type { Context } from '../../../call/context.ts';
import { isJsonObject } from '../../../call/json.ts';
import type { CallRecovered } from '../events/call-recovered.ts';
import { outcomeOfBody } from '../outcome.ts';
import type { AuditStore } from '../store.ts';
import { findJob } from './find-job.ts';
import type { OpenCall } from './open-calls.ts';

const jobOperations = new Set(['jobs.query', 'jobs.insert']);

/** Closes what a crash has left open, by asking BigQuery what became of it. */
export class Recovery {
  readonly #store: AuditStore;
  #open: readonly OpenCall[] | undefined;
  #running: Promise<void> | undefined;
  #notBefore = 0;

  constructor(store: AuditStore) {
    this.#store = store;
  }

  /** Asks by means of a call in progress. What cannot be found out now is tried again with a later call. */
  async run(context: Context): Promise<void> {
    if (this.#open?.length === 0 || context.now().getTime() < this.#notBefore) return;
    this.#running ??= this.#closeAll(context).finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #closeAll(context: Context): Promise<void> {
    this.#open ??= (await this.#store.openCalls?.()) ?? [];
    const left: OpenCall[] = [];
    for (const open of this.#open) {
      if (!(await this.#close(open, context).catch(() => false))) left.push(open);
    }
    this.#open = left;
    if (left.length > 0) this.#notBefore = context.now().getTime() + betweenTriesMs;
  }

  /** False when it has to be asked again. */
  async #close(open: OpenCall, context: Context): Promise<boolean> {
    const data = await outcomeOf(open, context);
    if (data === undefined) return false;
    await this.#store.append([
      { type: 'call.recovered', data, ...open.subject, time: context.now().toISOString() },
    ]);
    return true;
  }
}

const betweenTriesMs = 30_000;

async function outcomeOf(open: OpenCall, context: Context): Promise<CallRecovered | undefined> {
  const { operation, sent } = open;
  if (!sent) return { operation, outcome: 'notSent' };
  if (!jobOperations.has(operation)) return { operation, outcome: 'unknown' };
  const job = await findJob(open, context);
  if (job === undefined) return { operation, outcome: 'noJob' };
  const { jobState, ...facts } = outcomeOfBody(job);
  if (jobState !== 'DONE') return undefined;
  const failed = facts.jobError !== undefined;
  const { jobReference } = job;
  const id = isJsonObject(jobReference) ? jobReference['jobId'] : undefined;
  return {
    operation,
    outcome: failed ? 'failed' : 'done',
    ...(typeof id === 'string' && { jobId: id }),
    ...facts,
  };
}
