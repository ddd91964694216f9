import type { ColumnType, DataType, ParameterType } from './data-type.ts';
import type { Argument, Expression } from './expression.ts';
import type { Name, Path, Positioned } from './node.ts';
import type { FromItem, Query, TableReference } from './query.ts';

/** The whole text: one statement, or a script of several. */
export interface Script extends Positioned {
  readonly type: 'script';
  readonly statements: readonly Statement[];
}

export type Statement = QueryStatement | DmlStatement | DdlStatement | ScriptStatement | DataStatement;

export interface QueryStatement extends Positioned {
  readonly type: 'queryStatement';
  readonly query: Query;
}

// Data manipulation

export type DmlStatement = Insert | Update | Delete | Merge | Truncate;

/** What GoogleSQL lets follow INSERT, UPDATE and DELETE. */
interface RowChange extends Positioned {
  /** `ASSERT_ROWS_MODIFIED n`. */
  readonly rowCount?: Expression;
  /** `THEN RETURN …`, as a query of the target. */
  readonly returning?: Query;
}

export interface Insert extends RowChange {
  readonly type: 'insert';
  /** `INSERT OR IGNORE`: what becomes of rows whose key is there already. */
  readonly mode?: 'IGNORE' | 'REPLACE' | 'UPDATE';
  readonly target: TableReference;
  readonly columns?: readonly Name[];
  readonly source: InsertSource;
}

export type InsertSource =
  | { readonly type: 'values'; readonly rows: readonly (readonly Expression[])[] }
  | { readonly type: 'query'; readonly query: Query }
  /** `INSERT ROW`, only in MERGE. */
  | { readonly type: 'row' };

export interface Update extends RowChange {
  readonly type: 'update';
  readonly target: TableReference;
  readonly assignments: readonly Assignment[];
  readonly from?: FromItem;
  readonly where?: Expression;
}

export interface Assignment extends Positioned {
  readonly column: Path;
  readonly value: Expression;
}

export interface Delete extends RowChange {
  readonly type: 'delete';
  readonly target: TableReference;
  readonly where?: Expression;
}

export interface Merge extends Positioned {
  readonly type: 'merge';
  readonly target: TableReference;
  readonly source: FromItem;
  readonly on: Expression;
  readonly clauses: readonly MergeClause[];
}

export interface MergeClause extends Positioned {
  readonly when: 'matched' | 'notMatchedByTarget' | 'notMatchedBySource';
  readonly condition?: Expression;
  readonly action:
    | { readonly type: 'insert'; readonly columns?: readonly Name[]; readonly source: InsertSource }
    | { readonly type: 'update'; readonly assignments: readonly Assignment[] }
    | { readonly type: 'delete' };
}

export interface Truncate extends Positioned {
  readonly type: 'truncate';
  readonly target: TableReference;
}

// Data definition

export type DdlStatement =
  | CreateTable
  | CreateView
  | CreateFunction
  | CreateTableFunction
  | CreateProcedure
  | CreateSchema
  | AlterTable
  | CreateModel
  | Drop
  | OtherDdl;

interface Create extends Positioned {
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly options: readonly Option[];
}

/** One entry of `OPTIONS (name = value)`. */
export interface Option extends Positioned {
  readonly name: Name;
  readonly value: Expression;
}

export interface CreateTable extends Create {
  readonly type: 'createTable';
  readonly name: Path;
  readonly temporary: boolean;
  readonly kind: 'TABLE' | 'EXTERNAL TABLE' | 'SNAPSHOT TABLE';
  readonly columns?: readonly ColumnDefinition[];
  readonly partitionBy?: Expression;
  readonly clusterBy: readonly Path[];
  readonly query?: Query;
  /** `LIKE`, `COPY`, `CLONE` of another table. */
  readonly from?: { readonly how: 'LIKE' | 'COPY' | 'CLONE'; readonly table: TableReference };
  /** `WITH CONNECTION` of an external table. */
  readonly connection?: Path;
}

export interface ColumnDefinition extends Positioned {
  readonly name: Name;
  readonly dataType?: DataType;
  readonly notNull: boolean;
  readonly defaultValue?: Expression;
  /** `GENERATED ALWAYS AS (…)`: made of the other columns. */
  readonly generatedFrom?: Expression;
  readonly options: readonly Option[];
}

export interface CreateView extends Create {
  readonly type: 'createView';
  readonly name: Path;
  readonly materialized: boolean;
  readonly columns?: readonly Name[];
  readonly query: Query;
}

export interface RoutineParameter extends Positioned {
  readonly name: Name;
  readonly parameterType: ParameterType;
  readonly mode?: 'IN' | 'OUT' | 'INOUT';
  readonly defaultValue?: Expression;
}

export interface CreateFunction extends Create {
  readonly type: 'createFunction';
  readonly name: Path;
  readonly temporary: boolean;
  readonly aggregate: boolean;
  readonly parameters: readonly RoutineParameter[];
  readonly returns?: DataType;
  /** `sql` has an expression; other languages and remote functions have none. */
  readonly language: string;
  readonly body?: Expression;
  readonly connection?: Path;
}

export interface CreateTableFunction extends Create {
  readonly type: 'createTableFunction';
  readonly name: Path;
  readonly parameters: readonly RoutineParameter[];
  readonly returns?: readonly ColumnType[];
  readonly query: Query;
}

export interface CreateProcedure extends Create {
  readonly type: 'createProcedure';
  readonly name: Path;
  readonly parameters: readonly RoutineParameter[];
  readonly body: readonly Statement[];
  readonly language: string;
}

export interface CreateSchema extends Create {
  readonly type: 'createSchema';
  readonly name: Path;
}

export interface AlterTable extends Positioned {
  readonly type: 'alterTable';
  readonly name: Path;
  readonly ifExists: boolean;
  readonly actions: readonly AlterAction[];
}

export type AlterAction =
  | { readonly type: 'addColumn'; readonly ifNotExists: boolean; readonly column: ColumnDefinition }
  | { readonly type: 'dropColumn'; readonly ifExists: boolean; readonly column: Name }
  | { readonly type: 'renameColumn'; readonly from: Name; readonly to: Name }
  | { readonly type: 'renameTable'; readonly to: Path }
  | { readonly type: 'other'; readonly text: string; readonly options: readonly Option[] };

export interface Drop extends Positioned {
  readonly type: 'drop';
  /** In upper case: `TABLE`, `VIEW`, `SCHEMA`, `FUNCTION`, `MATERIALIZED VIEW`, `ROW ACCESS POLICY`, … */
  readonly kind: string;
  readonly name: Path;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

/** DDL and DCL whose objects are known although its details are not analysed: GRANT, CREATE INDEX, ALTER SCHEMA, … */
export interface OtherDdl extends Positioned {
  readonly type: 'otherDdl';
  /** The leading keywords in upper case: `GRANT`, `ALTER SCHEMA`, `CREATE ROW ACCESS POLICY`, `DROP MODEL`. */
  readonly kind: string;
  /** What the targets are; `other` are schemas, connections, capacity and the like. */
  readonly object: 'table' | 'routine' | 'model' | 'other';
  readonly targets: readonly Path[];
  readonly expressions: readonly Expression[];
}

export interface CreateModel extends Positioned {
  readonly type: 'createModel';
  readonly name: Path;
  /** The training data as the model sees it: after TRANSFORM. */
  readonly queries: readonly Query[];
}

// Data in and out

export type DataStatement = ExportData | LoadData;

export interface ExportData extends Positioned {
  readonly type: 'exportData';
  readonly options: readonly Option[];
  readonly connection?: Path;
  readonly query: Query;
}

export interface LoadData extends Positioned {
  readonly type: 'loadData';
  readonly target: TableReference;
  readonly overwrite: boolean;
  readonly temporary?: true;
  readonly columns?: readonly ColumnDefinition[];
  readonly options: readonly Option[];
  readonly connection?: Path;
}

// Procedural language

export type ScriptStatement =
  | Declare
  | SetVariable
  | If
  | CaseStatement
  | Loop
  | For
  | Block
  | Jump
  | Raise
  | CallProcedure
  | ExecuteImmediate
  | Transaction
  | Assert;

export interface Declare extends Positioned {
  readonly type: 'declare';
  readonly names: readonly Name[];
  readonly dataType?: DataType;
  readonly defaultValue?: Expression;
}

/** `SET a = x`, `SET (a, b) = (x, y)`, `SET @@dataset_id = '…'`. */
export interface SetVariable extends Positioned {
  readonly type: 'set';
  readonly targets: readonly (
    | { readonly type: 'variable'; readonly name: Name }
    | { readonly type: 'systemVariable'; readonly parts: Path }
  )[];
  readonly value: Expression;
}

export interface If extends Positioned {
  readonly type: 'if';
  readonly branches: readonly { readonly condition: Expression; readonly body: readonly Statement[] }[];
  readonly otherwise?: readonly Statement[];
}

export interface CaseStatement extends Positioned {
  readonly type: 'caseStatement';
  readonly operand?: Expression;
  readonly branches: readonly { readonly when: Expression; readonly body: readonly Statement[] }[];
  readonly otherwise?: readonly Statement[];
}

/** `LOOP`, `WHILE condition DO`, `REPEAT … UNTIL condition`. */
export interface Loop extends Positioned {
  readonly type: 'loop';
  readonly kind: 'LOOP' | 'WHILE' | 'REPEAT';
  readonly condition?: Expression;
  readonly body: readonly Statement[];
  readonly label?: Name;
}

export interface For extends Positioned {
  readonly type: 'for';
  readonly variable: Name;
  readonly query: Query;
  readonly body: readonly Statement[];
  readonly label?: Name;
}

export interface Block extends Positioned {
  readonly type: 'block';
  readonly body: readonly Statement[];
  readonly exceptionHandler?: readonly Statement[];
  readonly label?: Name;
}

/** `BREAK`, `LEAVE label`, `CONTINUE`, `ITERATE label`, `RETURN`. */
export interface Jump extends Positioned {
  readonly type: 'jump';
  readonly kind: 'BREAK' | 'CONTINUE' | 'RETURN';
  readonly label?: Name;
}

export interface Raise extends Positioned {
  readonly type: 'raise';
  readonly message?: Expression;
}

export interface CallProcedure extends Positioned {
  readonly type: 'callProcedure';
  readonly name: Path;
  readonly arguments: readonly Argument[];
}

export interface ExecuteImmediate extends Positioned {
  readonly type: 'executeImmediate';
  readonly sql: Expression;
  readonly into: readonly Name[];
  readonly using: readonly { readonly value: Expression; readonly alias?: Name }[];
}

export interface Transaction extends Positioned {
  readonly type: 'transaction';
  readonly action: 'BEGIN' | 'COMMIT' | 'ROLLBACK';
}

export interface Assert extends Positioned {
  readonly type: 'assert';
  readonly condition: Expression;
  readonly message?: Expression;
}
