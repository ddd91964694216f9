export { detection } from './detection.ts';
export type { DetectorAction, DetectorName, DetectorRule } from './detector-rule.ts';
