export { costKey, type Cost, type CostOf, type EstimateCost } from './cost.ts';
export { estimates, type EstimateOptions } from './estimate.ts';
export { rowCapOf } from './row-cap.ts';
export { limits, needsStore, type LimitsOptions } from './limits.ts';
export type { BudgetRule, CostSettings } from './rules.ts';
export { limitWarnings } from './warnings.ts';
