export type * from './data-type.ts';
export type * from './expression.ts';
export type * from './node.ts';
export type * from './query.ts';
export type * from './statement.ts';
