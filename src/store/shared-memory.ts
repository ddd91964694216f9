import { Entries } from './entries.ts';
import type { EntryStore } from './entry-store.ts';
import { memoryBudgets } from './memory-budgets.ts';
import type { SharedStore } from './shared-store.ts';
import { Watchers } from './watchers.ts';

/** A store in the memory of this process: gone when it ends, and no other process sees it. */
export function sharedMemory(): SharedStore {
  return { entries: memoryEntries(), budgets: memoryBudgets(), close: async () => {} };
}

function memoryEntries(): EntryStore {
  const entries = new Entries();
  const watchers = new Watchers();
  return {
    get: async (key, now) => entries.get(key, now),
    list: async (prefix, now, page) => entries.list(prefix, now, page),
    async commit(changes, now) {
      const { outcome, written } = entries.commit(changes, now);
      watchers.tell(written);
      return outcome;
    },
    watch: (prefix, listener) => watchers.add(prefix, listener),
  };
}
