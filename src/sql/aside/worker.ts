import { parentPort } from 'node:worker_threads';
import { analyseHere, patient } from '../analyse-here.ts';
import { timeoutError } from '../patience.ts';
import { newCatalogMemory } from '../resolve/catalog-view.ts';
import type { Asking } from '../resolve/catalog-view.ts';
import type { Analysis } from '../analyse.ts';
import { assertNever } from '../assert-never.ts';
import type { Catalog } from '../catalog.ts';
import type { FromWorker, Item, Part, Question, Settings, ToWorker } from './messages.ts';

/** The thread that heavy texts are analysed on, one after the other. */
const port = parentPort;
const waiting = new Map<number, PromiseWithResolvers<Item | undefined>>();
let asked = 0;

function send(message: FromWorker): void {
  port?.postMessage(message);
}

function ask(question: Question): Promise<Item | undefined> {
  const answer = Promise.withResolvers<Item | undefined>();
  asked += 1;
  waiting.set(asked, answer);
  send({ type: 'ask', id: asked, question });
  return answer.promise;
}

async function catalogItem<Kind extends Item>(
  question: Question,
  is: (item: Item) => item is Kind,
): Promise<Kind | undefined> {
  const item = await ask(question);
  if (item === undefined || is(item)) return item;
  throw new TypeError('The catalog answers something else.');
}

const catalog: Catalog = {
  table: (name) => catalogItem({ kind: 'table', name }, (item) => 'columns' in item),
  routine: (name) => catalogItem({ kind: 'routine', name }, (item) => 'language' in item),
};

/** The thread of the caller has the clock. */
const asking: Asking = { signal: undefined, patience: { wait: (promise) => promise, end: () => undefined } };

const listed = 50;

function* slices<Value>(list: readonly Value[]): Generator<readonly Value[]> {
  for (let from = 0; from < list.length; from += listed) yield list.slice(from, from + listed);
}

function* partsOf({ facts, references }: Analysis): Generator<Part> {
  for (const list of slices(facts.statements)) yield { type: 'statements', list };
  for (const list of slices(references)) yield { type: 'references', list };
  yield { type: 'end', facts: { ...facts, statements: [] } };
}

let parts: Iterator<Part> | undefined;

function sendNext(): void {
  const next = parts?.next();
  if (next?.done === false) send(next.value);
}

/** A memory of its own for each text: nothing is kept from one caller for another. */
async function analyseText(text: string, options: Settings): Promise<void> {
  const circumstances = { memory: newCatalogMemory(), asking, effort: patient };
  const { analysis } = await analyseHere(text, { ...options, catalog }, circumstances);
  parts = partsOf(analysis);
  sendNext();
}

function receiveAnswer(id: number, settle: (answer: PromiseWithResolvers<Item | undefined>) => void): void {
  const answer = waiting.get(id);
  waiting.delete(id);
  if (answer !== undefined) settle(answer);
}

function receive(message: ToWorker): void {
  switch (message.type) {
    case 'analyse':
      void analyseText(message.text, message.options);
      return;
    case 'next':
      sendNext();
      return;
    case 'answer':
      receiveAnswer(message.id, (answer) => answer.resolve(message.item));
      return;
    case 'noAnswer':
      receiveAnswer(message.id, (answer) =>
        answer.reject(message.late ? timeoutError() : new Error('The catalog did not answer.')),
      );
      return;
    default:
      assertNever(message);
  }
}

port?.on('message', receive);
