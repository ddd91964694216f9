export { limits, type LimitsOptions } from './limits.ts';
