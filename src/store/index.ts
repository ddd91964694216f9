export { fileBudgets, type FileBudgetsOptions } from './file/file-budgets.ts';
export { memoryBudgets } from './memory-budgets.ts';
export type {
  Claim,
  Count,
  Held,
  Lease,
  ReserveOutcome,
  ReserveRequest,
  BudgetStore,
} from './budget-store.ts';
