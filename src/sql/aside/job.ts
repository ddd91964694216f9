import type { Worker } from 'node:worker_threads';
import type { AnalyseOptions } from '../analyse.ts';
import type { Made } from '../analyse-here.ts';
import type { Used } from '../resolve/catalog-view.ts';
import type { TableReferenceFact } from '../resolve/reference-fact.ts';
import type { StatementFacts } from '../facts.ts';
import { fullName } from '../full-name.ts';
import { defaultCatalogTimeout, isTimeout, patience } from '../patience.ts';
import type { Patience } from '../patience.ts';
import type { FromWorker, Item, Question, Settings, ToWorker } from './messages.ts';

export type Outcome =
  | { readonly type: 'done'; readonly made: Made }
  | { readonly type: 'failed'; readonly message: string };

/** One text on the worker; what it asks of the catalog is answered from here. Throws only when aborted. */
export async function runJob(
  worker: Worker,
  text: string,
  options: AnalyseOptions,
  timeout: number,
): Promise<Outcome> {
  const outcome = Promise.withResolvers<Outcome>();
  const asked = newAsked(options);
  const statements: StatementFacts[] = [];
  const references: TableReferenceFact[] = [];
  const failed = (message: string) => (): void => outcome.resolve({ type: 'failed', message });
  const receive = (message: FromWorker): void => {
    if (message.type === 'ask') {
      void answer(worker, message.id, message.question, asked);
      return;
    }
    if (message.type === 'statements') statements.push(...message.list);
    else if (message.type === 'references') references.push(...message.list);
    else {
      const facts = { ...message.facts, statements };
      outcome.resolve({ type: 'done', made: madeOf(text, options, { facts, references }, asked.answers) });
    }
    post(worker, { type: 'next' });
  };
  const abort = (): void => outcome.reject(options.signal?.reason);
  const listeners = {
    message: receive,
    error: failed('The text could not be analysed: its analysis failed or needs too much memory.'),
    exit: failed('The text could not be analysed: its analysis ended early.'),
  };
  const timer = setTimeout(failed(`The analysis of the text takes longer than ${timeout} ms.`), timeout);
  for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener);
  options.signal?.addEventListener('abort', abort, { once: true });
  worker.ref();
  post(worker, { type: 'analyse', text, options: settingsOf(options) });
  try {
    return await outcome.promise;
  } finally {
    worker.unref();
    asked.end();
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
    for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener);
  }
}

/** What was asked of the catalog so far. Its time begins with the first question. */
interface Asked {
  readonly options: AnalyseOptions;
  readonly answers: Map<string, Used>;
  patience(): Patience;
  end(): void;
}

function newAsked(options: AnalyseOptions): Asked {
  const { signal, catalogTimeout = defaultCatalogTimeout } = options;
  let begun: Patience | undefined;
  return {
    options,
    answers: new Map(),
    patience: () => (begun ??= patience(signal, catalogTimeout)),
    end: () => begun?.end(),
  };
}

function post(worker: Worker, message: ToWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  worker.postMessage(message);
}

function settingsOf({ project, defaultDataset }: AnalyseOptions): Settings {
  return { project, defaultDataset };
}

/** What the catalog cannot tell, or tells in a form that cannot be sent, is a failure and becomes a gap. */
async function answer(worker: Worker, id: number, question: Question, asked: Asked): Promise<void> {
  const { kind, name } = question;
  const { catalog, signal } = asked.options;
  try {
    const given = kind === 'table' ? catalog.table(name, signal) : catalog.routine(name, signal);
    const item = await asked.patience().wait<Item | undefined>(given);
    post(worker, { type: 'answer', id, item });
    asked.answers.set(`${kind} ${fullName(name)}`, { kind, name, item });
  } catch (error) {
    post(worker, { type: 'noAnswer', id, late: isTimeout(error) });
  }
}

function madeOf(
  text: string,
  { signal: _signal, ...options }: AnalyseOptions,
  { facts, references }: Pick<Made['analysis'], 'facts' | 'references'>,
  used: ReadonlyMap<string, Used>,
): Made {
  return {
    analysis: { text, facts, references, options },
    used: [...used.values()],
    settled: facts.gaps.every((gap) => gap.code !== 'catalog'),
  };
}
