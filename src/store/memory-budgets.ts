import { Ledger } from './ledger.ts';
import type { BudgetStore } from './budget-store.ts';

/** Counters and leases in the memory of this process: gone when it ends, and no other process sees them. */
export function memoryBudgets(): BudgetStore {
  const ledger = new Ledger();
  return {
    reserve: async (request, now) => ledger.reserve(request, now),
    settle: async (id, spent, now) => ledger.settle(id, spent, now),
    name: async (id, name, now) => ledger.name(id, name, now),
    find: async (name, now) => ledger.find(name, now),
    held: async (counter, now) => ledger.held(counter, now),
    read: async (counter, now) => ledger.read(counter, now),
  };
}
