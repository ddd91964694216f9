export { fileBudgets, type FileBudgetsOptions } from './file/file-budgets.ts';
export { sharedFolder, type SharedFolderOptions } from './file/shared-folder.ts';
export { memoryBudgets } from './memory-budgets.ts';
export { sharedMemory } from './shared-memory.ts';
export type {
  Claim,
  Count,
  Held,
  Lease,
  ReserveOutcome,
  ReserveRequest,
  BudgetStore,
} from './budget-store.ts';
export type { Change, CommitOutcome, Entry, EntryPage, EntryStore } from './entry-store.ts';
export type { SharedStore } from './shared-store.ts';
