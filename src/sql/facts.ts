import type { Range } from './ast/node.ts';
import type { ObjectName } from './catalog.ts';
import type { Gap } from './gaps.ts';

/** BigQuery's statement types (`JobStatistics2.statementType`), e.g. `SELECT`, `CREATE_TABLE_AS_SELECT`. */
export type StatementKind = string;

/** What is done to an object. */
export type Access = 'read' | 'write' | 'create' | 'alter' | 'drop';

/** A column or field of a table: `path` is `['address', 'city']`; arrays share the path of their elements. */
export interface ColumnSource {
  readonly table: ObjectName;
  readonly path: readonly string[];
}

/** A table that the text names, directly or beneath a view. */
export interface TableFact {
  readonly name: ObjectName;
  readonly kind: 'table' | 'wildcard' | 'view' | 'informationSchema' | 'temporary' | 'unknown';
  readonly access: readonly Access[];
  /** Where it is named in the text; empty for a table that is only read beneath a view. */
  readonly references: readonly Range[];
  /** The views or routines, outermost first, through which it is read. */
  readonly beneath: readonly ObjectName[];
}

export interface OutputColumn {
  /** Empty when BigQuery would invent a name (`f0_`). */
  readonly name: string;
  /** GoogleSQL type text where the analysis knows it. */
  readonly type?: string;
  readonly sources: readonly ColumnSource[];
  /** True when the value is the unchanged column, which is then its only source. */
  readonly plain: boolean;
  /**
   * Where it is not plain and nothing was done to it all the same: it is the value of one of these columns or an element of
   * one, as after UNION ALL, UNNEST, COALESCE or MAX.
   */
  readonly oneOf?: readonly ColumnSource[];
}

export interface Flags {
  /** A star over a table's columns, not `COUNT(*)`. */
  readonly selectsStar: boolean;
  readonly crossJoin: boolean;
  readonly dynamicSql: boolean;
  readonly scripting: boolean;
  readonly dml: boolean;
  readonly ddl: boolean;
  /** `CREATE OR REPLACE` of a table, view or routine that is not temporary: what was there is lost. */
  readonly replaces: boolean;
  readonly dcl: boolean;
  readonly export: boolean;
  readonly load: boolean;
  /** EXTERNAL_QUERY, remote functions, models, external tables by URI. */
  readonly external: boolean;
  /** No WHERE, LIMIT or aggregation bounds the rows of the outermost query. */
  readonly unbounded: boolean;
}

export interface StatementFacts {
  readonly kind: StatementKind;
  readonly range: Range;
  readonly tables: readonly TableFact[];
  /** Every column that is named or expanded anywhere in the statement. */
  readonly columns: readonly ColumnSource[];
  readonly outputs: readonly OutputColumn[];
  /** Columns that decide which rows appear, in which group or order. */
  readonly influences: readonly ColumnSource[];
  /** For statements that write: target column and where its value comes from. */
  readonly writes: readonly { readonly target: ColumnSource; readonly sources: readonly ColumnSource[] }[];
}

/**
 * What a text does, as far as it can be proved. Stable JSON; documented in `docs/sql.md`. The lists are
 * the union over the statements; `columns`, `tables` and so on are sorted by name and free of doubles.
 */
export interface Facts {
  readonly version: 1;
  /** The only statement's kind, or `SCRIPT`. */
  readonly kind: StatementKind;
  readonly statements: readonly StatementFacts[];
  readonly tables: readonly TableFact[];
  readonly columns: readonly ColumnSource[];
  /** Of the last statement that returns rows. */
  readonly outputs: readonly OutputColumn[];
  readonly influences: readonly ColumnSource[];
  /** Built-in functions called, upper case. */
  readonly functions: readonly string[];
  readonly routines: readonly ObjectName[];
  readonly systemVariables: readonly string[];
  readonly parameters: { readonly named: readonly string[]; readonly positional: number };
  readonly flags: Flags;
  readonly gaps: readonly Gap[];
  /** SHA-256, hex, of the shape: literals, blanks, comments and letter case of keywords left out. */
  readonly fingerprint: string;
  /** SHA-256, hex, of the text. */
  readonly hash: string;
}
