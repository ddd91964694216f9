import type { BudgetStore } from '../../src/store/index.ts';

const wait = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, Math.random() * 5));

const after = async <T>(work: () => Promise<T>): Promise<T> => {
  await wait();
  const answer = await work();
  await wait();
  return answer;
};

/** Answers a little later, in another order, as a store over a network does. */
export function delayed(store: BudgetStore): BudgetStore {
  return {
    reserve: (each, time) => after(() => store.reserve(each, time)),
    settle: (id, spent, time) => after(() => store.settle(id, spent, time)),
    name: (id, name, time) => after(() => store.name(id, name, time)),
    find: (name, time) => after(() => store.find(name, time)),
    held: (counter, time) => after(() => store.held(counter, time)),
    read: (counter, time) => after(() => store.read(counter, time)),
  };
}
