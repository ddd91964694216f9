import { Worker } from 'node:worker_threads';
import type { AnalyseOptions } from '../analyse.ts';
import { analyseHere, patient, withoutAnalysis } from '../analyse-here.ts';
import type { Made } from '../analyse-here.ts';
import { defaultCatalogTimeout, patience } from '../patience.ts';
import { newCatalogMemory } from '../resolve/catalog-view.ts';
import { runJob } from './job.ts';
import { workerFile } from './worker-file.ts';

export interface AsideOptions {
  /** The code of the worker; `undefined` where there is none, and texts are analysed on the thread of the caller. */
  readonly file: string | undefined;
  /** Milliseconds that one text may take. */
  readonly timeout: number;
  /** How many texts may wait for the one that is analysed. */
  readonly waiting: number;
}

/** Analyses heavy texts, one at a time, on a thread that is started for the first of them. */
export type Aside = (text: string, options: AnalyseOptions) => Promise<Made>;

/** What may hold up the thread of the caller where there is no other: about a tenth of a second. */
const longestHere = 50_000;
const noWorker =
  `Texts of more than ${longestHere} characters are analysed on a worker thread, whose code (dist/sql-worker.cjs of ` +
  'bigquery-guard) is not installed here. Keep bigquery-guard out of the bundle.';

export function newAside({ file, timeout, waiting }: AsideOptions): Aside {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let pending = 0;

  /** A worker that did not end its text by itself is not used again. */
  async function run(code: string, text: string, options: AnalyseOptions): Promise<Made> {
    worker ??= newWorker(code);
    const running = worker;
    try {
      const outcome = await runJob(running, text, options, timeout);
      if (outcome.type === 'done') return outcome.made;
      discard(running);
      return inVain(text, options, outcome.message);
    } catch (error) {
      discard(running);
      throw error;
    }
  }

  function discard(running: Worker): void {
    if (worker === running) worker = undefined;
    void running.terminate();
  }

  return async (text, options) => {
    if (file === undefined) {
      if (text.length > longestHere) return inVain(text, options, noWorker);
      return analyseOnThisThread(text, options);
    }
    if (pending > waiting) return inVain(text, options, 'Too many large texts wait to be analysed.');
    pending += 1;
    const turn = last.then(() => {
      options.signal?.throwIfAborted();
      return run(file, text, options);
    });
    last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      pending -= 1;
    }
  };
}

async function analyseOnThisThread(text: string, options: AnalyseOptions): Promise<Made> {
  const { signal, catalogTimeout = defaultCatalogTimeout } = options;
  const waiting = patience(signal, catalogTimeout);
  try {
    const asking = { signal, patience: waiting };
    return await analyseHere(text, options, { memory: newCatalogMemory(), asking, effort: patient });
  } finally {
    waiting.end();
  }
}

function inVain(text: string, options: AnalyseOptions, message: string): Made {
  return withoutAnalysis({ text, tokens: [], gaps: [] }, options, 'limit', message);
}

/** Memory is bounded, so that a text that needs too much ends the worker and not the process. */
function newWorker(file: string): Worker {
  const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: 1024 } });
  // Whoever waits hears of it by listeners of its own; without one, an error would end the process.
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}

let shared: Aside | undefined;

export function analyseAside(text: string, options: AnalyseOptions): Promise<Made> {
  shared ??= newAside({ file: workerFile(), timeout: 60_000, waiting: 100 });
  return shared(text, options);
}
