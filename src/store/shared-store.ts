import type { BudgetStore } from './budget-store.ts';
import type { EntryStore } from './entry-store.ts';

/**
 * Everything that processes of one guard share. A lease of one on a counter whose limit is one, held with `release`, is a
 * lock that goes when its holder does; a limit of four lets four in.
 */
export interface SharedStore {
  readonly entries: EntryStore;
  readonly budgets: BudgetStore;
  close(): Promise<void>;
}
