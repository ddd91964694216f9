export { limits, type LimitsOptions } from './limits.ts';
export { costKey, type Cost, type EstimateCost } from './cost.ts';
