import type { Argument, Expression } from './expression.ts';
import type { Name, Path, Positioned } from './node.ts';

/**
 * `[WITH …] body [ORDER BY …] [LIMIT … [OFFSET …]]`. A pipe query arrives here already desugared, one
 * nested query per operator, every node with the range of the text it came from.
 */
export interface Query extends Positioned {
  readonly type: 'query';
  readonly with?: With;
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly limit?: Expression;
  readonly offset?: Expression;
  /** True where the text has no SELECT of its own for this node: it was made from a pipe operator. */
  readonly desugared?: true;
  /** True where the node says what is read and what comes out, but not which rows: row patterns. Not to be run. */
  readonly analysisOnly?: true;
}

export type QueryBody = Select | SetOperation | NestedQuery;

/** A query in parentheses as the body of another. */
export interface NestedQuery extends Positioned {
  readonly type: 'nestedQuery';
  readonly query: Query;
}

export interface With extends Positioned {
  readonly recursive: boolean;
  readonly tables: readonly CommonTable[];
}

export interface CommonTable extends Positioned {
  readonly name: Name;
  /** `WITH DEPTH`: the column that counts the rounds of a recursive table. */
  readonly depth?: Name;
  readonly query: Query;
}

export interface Select extends Positioned {
  readonly type: 'select';
  readonly distinct: boolean;
  /** `SELECT AS STRUCT`, `SELECT AS VALUE`. */
  readonly as?: 'STRUCT' | 'VALUE';
  readonly items: readonly SelectItem[];
  readonly from?: FromItem;
  readonly where?: Expression;
  readonly groupBy?: GroupBy;
  readonly having?: Expression;
  readonly qualify?: Expression;
  readonly windows: readonly NamedWindow[];
  /** `SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (…)`: results are made less exact. */
  readonly privacy?: {
    readonly kind: string;
    /** The column that tells whose row it is. */
    readonly unit?: Expression;
  };
  /** A pipe step that passes its rows on: around it, the names of its tables still stand for their old columns. */
  readonly keepsNames?: true;
}

export type SelectItem = SelectExpression | SelectStar;

export interface SelectExpression extends Positioned {
  readonly type: 'selectExpression';
  readonly value: Expression;
  readonly alias?: Name;
}

/** `*`, `t.*`, `struct.*`, with `EXCEPT` and `REPLACE`. */
export interface SelectStar extends Positioned {
  readonly type: 'selectStar';
  readonly qualifier?: Expression;
  readonly except: readonly Name[];
  readonly replace: readonly { readonly value: Expression; readonly name: Name }[];
  /** Pipe `RENAME`: old name to new name. */
  readonly rename?: readonly { readonly from: Name; readonly to: Name }[];
}

export interface GroupBy extends Positioned {
  /** `GROUP BY ALL`. */
  readonly all: boolean;
  readonly items: readonly GroupingItem[];
}

export type GroupingItem =
  | { readonly type: 'expression'; readonly value: Expression; readonly alias?: Name }
  | {
      readonly type: 'rollup' | 'cube' | 'groupingSets';
      readonly items: readonly GroupingItem[];
    }
  /** `(a, b)` or `()` inside ROLLUP, CUBE or GROUPING SETS. */
  | { readonly type: 'set'; readonly items: readonly Expression[] };

export interface OrderItem extends Positioned {
  readonly value: Expression;
  readonly descending: boolean;
  readonly nulls?: 'FIRST' | 'LAST';
  readonly collate?: Expression;
}

export interface NamedWindow extends Positioned {
  readonly name: Name;
  readonly window: WindowSpecification;
}

/** `OVER w` has only `base`; `OVER (w PARTITION BY …)` may have all. */
export interface WindowSpecification extends Positioned {
  readonly base?: Name;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly frame?: WindowFrame;
}

export interface WindowFrame extends Positioned {
  readonly unit: 'ROWS' | 'RANGE';
  readonly start: FrameBound;
  readonly end?: FrameBound;
}

export type FrameBound =
  | { readonly type: 'unboundedPreceding' | 'unboundedFollowing' | 'currentRow' }
  | { readonly type: 'preceding' | 'following'; readonly distance: Expression };

/** Set operations are binary; `a UNION ALL b UNION ALL c` leans left. */
export interface SetOperation extends Positioned {
  readonly type: 'setOperation';
  readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT';
  readonly all: boolean;
  readonly match: 'position' | 'name' | 'corresponding';
  /** With BY NAME and CORRESPONDING: which side's columns the result has. */
  readonly keep?: 'inner' | 'left' | 'full' | 'strict';
  /** `BY NAME ON (…)`, `CORRESPONDING BY (…)`. */
  readonly matchColumns?: readonly Name[];
  readonly left: QueryBody;
  readonly right: QueryBody;
}

export type FromItem = TableReference | Unnest | DerivedTable | Join | TableFunction | Pivot | Unpivot;

/**
 * A name in FROM: a table, a common table, or an array of an earlier FROM item (`FROM t, t.arr`); the
 * resolver says which. `pathRange` is the name alone, `range` everything up to the alias.
 */
export interface TableReference extends Positioned {
  readonly type: 'table';
  readonly path: Path;
  readonly pathRange: Positioned['range'];
  readonly alias?: Name;
  readonly offset?: OffsetColumn;
  readonly systemTime?: Expression;
  readonly sample?: TableSample;
}

export interface TableSample extends Positioned {
  readonly percent: Expression;
}

/** `WITH OFFSET [AS alias]`; without alias the column is named `offset`. */
export interface OffsetColumn extends Positioned {
  readonly alias?: Name;
}

export interface Unnest extends Positioned {
  readonly type: 'unnest';
  readonly arrays: readonly { readonly value: Expression; readonly alias?: Name }[];
  readonly alias?: Name;
  readonly offset?: OffsetColumn;
  /** What becomes of arrays of different lengths. */
  readonly mode?: Expression;
}

export interface DerivedTable extends Positioned {
  readonly type: 'derivedTable';
  readonly query: Query;
  /** The query may name the items before it. */
  readonly lateral?: true;
  readonly alias?: Name;
  readonly sample?: TableSample;
}

export interface Join extends Positioned {
  readonly type: 'join';
  readonly kind: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'COMMA';
  readonly left: FromItem;
  readonly right: FromItem;
  readonly on?: Expression;
  readonly using?: readonly Name[];
}

export interface TableFunction extends Positioned {
  readonly type: 'tableFunction';
  readonly name: Path;
  readonly arguments: readonly Argument[];
  readonly alias?: Name;
}

export interface Pivot extends Positioned {
  readonly type: 'pivot';
  readonly source: FromItem;
  readonly aggregates: readonly { readonly value: Expression; readonly alias?: Name }[];
  readonly input: Expression;
  readonly values: readonly { readonly value: Expression; readonly alias?: Name }[];
  readonly alias?: Name;
}

export interface Unpivot extends Positioned {
  readonly type: 'unpivot';
  readonly source: FromItem;
  readonly includeNulls: boolean;
  readonly valueColumns: readonly Name[];
  readonly nameColumn: Name;
  readonly groups: readonly { readonly columns: readonly Path[]; readonly label?: Expression }[];
  readonly alias?: Name;
}
