export { parse, type Parsed } from './parse.ts';
