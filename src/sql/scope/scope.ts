import type { WindowSpecification } from '../ast/index.ts';
import type { Value } from '../lineage/value.ts';
import type { Pass } from '../resolve/pass.ts';
import type { Rows } from '../resolve/rows.ts';
import type { Relation } from './relation.ts';

/** The names that an expression can use, from the inside out. */
export interface Scope {
  readonly pass: Pass;
  readonly parent?: Scope;
  readonly relation?: Relation;
  /** Lambda parameters and bindings of `WITH(…)`. */
  readonly local?: ReadonlyMap<string, Value>;
  /** Names of the select list where a clause may use them; they hide columns. */
  readonly aliases?: ReadonlyMap<string, Value>;
  /** True where such a name may also be the column: then it stands for both. */
  readonly both?: true;
  /** In a query made from a pipe operator: its star passes columns on, and only what is used is read. */
  readonly lazy?: boolean;
  /** Where a path may lead through arrays, as in UNNEST: it is an array of all that lies at its end. */
  readonly flat?: true;
  readonly windows?: ReadonlyMap<string, WindowSpecification>;
  /** The innermost common table; `undefined` when there is none. */
  readonly commonTables: CommonTables | undefined;
}

export interface CommonTables {
  readonly name: string;
  readonly rows: Rows;
  readonly outer: CommonTables | undefined;
}

export function commonTable(tables: CommonTables | undefined, name: string): Rows | undefined {
  const wanted = name.toLowerCase();
  for (let table = tables; table !== undefined; table = table.outer) {
    if (table.name === wanted) return table.rows;
  }
  return undefined;
}

export function childScope(parent: Scope, relation?: Relation): Scope {
  const { pass, commonTables } = parent;
  return relation === undefined ? { pass, parent, commonTables } : { pass, parent, commonTables, relation };
}

export function localScope(parent: Scope, local: ReadonlyMap<string, Value>): Scope {
  return { pass: parent.pass, parent, commonTables: parent.commonTables, local };
}
