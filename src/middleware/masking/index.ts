export { masking } from './masking.ts';
