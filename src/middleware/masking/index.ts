export { masking } from './masking.ts';
export { maskedCost } from './masked-cost.ts';
