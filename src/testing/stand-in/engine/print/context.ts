import type { CreateFunction, Range } from '../../../../sql/ast/index.ts';
import { invalidQuery, type EngineError } from '../engine-error.ts';
import type { Store } from '../store/store.ts';
import type { StoredTable } from '../store/stored-table.ts';
import type { DatasetReference } from '../table.ts';
import type { SqlType } from '../type/sql-type.ts';
import type { Typed } from './typed.ts';

/** What a statement is printed against, and what the printer learns about it on the way. */
export interface PrintContext {
  readonly text: string;
  readonly store: Store;
  readonly project: string;
  readonly defaultDataset?: DatasetReference;
  readonly user: string;
  readonly now: Date;
  /** Named parameters in lower case, positional ones by number. */
  readonly parameters: ReadonlyMap<string | number, Typed>;
  /** Script variables in lower case. */
  readonly variables: ReadonlyMap<string, Typed>;
  /** Temporary functions in lower case, and temporary tables. */
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  readonly temporaryTables: ReadonlyMap<string, StoredTable>;
  readonly systemVariables: ReadonlyMap<string, Typed>;
  /** How deep in views and functions this text is. */
  readonly depth: number;
  readonly trace: Trace;
}

export interface FunctionDefinition {
  readonly text: string;
  readonly statement: CreateFunction;
  readonly returns?: SqlType;
}

/** Counters and findings shared by all parts of one statement. */
export interface Trace {
  fresh(prefix: string): string;
  /** Tables that the statement reads, with the field paths read of each (an empty path is a whole column). */
  readonly reads: Map<StoredTable, Set<string>>;
  /** Moments that FOR SYSTEM_TIME asks for, to be checked before the statement runs. */
  readonly moments: { readonly table: StoredTable; readonly sql: string }[];
}

export function newTrace(): Trace {
  let count = 0;
  return {
    fresh(prefix) {
      count += 1;
      return `${prefix}${count}`;
    },
    reads: new Map(),
    moments: [],
  };
}

/** ` at [line:column]` of a place in the text, as BigQuery's messages end. */
export function positionOf(context: PrintContext, range: Range): string {
  const before = context.text.slice(0, range.start);
  const lines = before.split(/\r\n|\r|\n/);
  return ` at [${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}]`;
}

export function failAt(context: PrintContext, range: Range, message: string): EngineError {
  return invalidQuery(message + positionOf(context, range));
}
