import type {
  DatasetPatch,
  DatasetRecord,
  DatasetReference,
  NewDataset,
  NewTable,
  RoutineRecord,
  TableField,
  TableId,
  TablePatch,
  TableRecord,
} from './table.ts';
import type { JsonRow, WireParameter, WireRow } from './wire.ts';

export type * from './table.ts';
export type * from './wire.ts';
export { EngineError, type EngineErrorReason } from './engine-error.ts';
export { openEngine } from './open-engine.ts';

export type WriteDisposition = 'WRITE_EMPTY' | 'WRITE_APPEND' | 'WRITE_TRUNCATE';
export type CreateDisposition = 'CREATE_IF_NEEDED' | 'CREATE_NEVER';

export interface QueryRequest {
  readonly sql: string;
  readonly project: string;
  readonly defaultDataset?: DatasetReference;
  readonly parameters: readonly WireParameter[];
  /** Nothing runs: statement type, schema, referenced tables and bytes come back, `rows` is empty. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  /** What `SESSION_USER()` answers. */
  readonly user?: string;
  /** The rows of a SELECT also go to this table. */
  readonly destination?: TableId;
  readonly writeDisposition?: WriteDisposition;
  readonly createDisposition?: CreateDisposition;
}

export interface EngineResult {
  /** `SELECT`, `INSERT`, `CREATE_TABLE_AS_SELECT`, `SCRIPT`, … as in `statistics.query.statementType`. */
  readonly statementType: string;
  /** Absent where the statement answers no rows. */
  readonly schema?: readonly TableField[];
  readonly rows: readonly WireRow[];
  readonly dml?: {
    readonly insertedRowCount: number;
    readonly updatedRowCount: number;
    readonly deletedRowCount: number;
  };
  readonly ddlTarget?: TableId;
  readonly ddlOperation?: 'CREATE' | 'REPLACE' | 'ALTER' | 'DROP' | 'SKIP';
  readonly totalBytesProcessed: number;
  readonly referencedTables: readonly TableId[];
  /** One result per statement of a script that ran, in order; the script's own rows are the last ones. */
  readonly children?: readonly EngineResult[];
}

export interface RowError {
  readonly index: number;
  readonly errors: readonly {
    readonly reason: string;
    readonly location: string;
    readonly message: string;
  }[];
}

export interface AppendOptions {
  /** Good rows are stored although others are not; without it one bad row stops all. */
  readonly skipInvalidRows?: boolean;
  readonly ignoreUnknownValues?: boolean;
}

export interface ReadOptions {
  readonly startIndex?: number;
  readonly maxResults?: number;
  /** Top-level names or dotted paths, as `selectedFields`. */
  readonly selectedFields?: readonly string[];
}

export interface RowPage {
  readonly schema: readonly TableField[];
  readonly rows: readonly WireRow[];
  readonly totalRows: number;
}

export interface CopyOptions {
  readonly writeDisposition?: WriteDisposition;
  readonly createDisposition?: CreateDisposition;
}

/**
 * BigQuery in memory: GoogleSQL and the objects it works on. Every failure is an `EngineError`. `get` of
 * something absent throws `notFound`, `create` of something present throws `duplicate`.
 */
export interface Engine {
  query(request: QueryRequest): Promise<EngineResult>;

  createDataset(dataset: NewDataset): Promise<DatasetRecord>;
  getDataset(id: DatasetReference): Promise<DatasetRecord>;
  listDatasets(projectId: string): Promise<readonly DatasetRecord[]>;
  patchDataset(id: DatasetReference, patch: DatasetPatch): Promise<DatasetRecord>;
  /** Without `deleteContents` a dataset that has tables throws `resourceInUse`. */
  deleteDataset(id: DatasetReference, options?: { readonly deleteContents?: boolean }): Promise<void>;

  createTable(table: NewTable): Promise<TableRecord>;
  getTable(id: TableId): Promise<TableRecord>;
  listTables(id: DatasetReference): Promise<readonly TableRecord[]>;
  patchTable(id: TableId, patch: TablePatch): Promise<TableRecord>;
  deleteTable(id: TableId): Promise<void>;

  /** Rows as `insertAll` and NDJSON loads give them; an empty answer means all were stored. */
  appendRows(id: TableId, rows: readonly JsonRow[], options?: AppendOptions): Promise<readonly RowError[]>;
  readRows(id: TableId, options?: ReadOptions): Promise<RowPage>;
  /** Empties the table (`WRITE_TRUNCATE` of a load). */
  truncateTable(id: TableId): Promise<void>;
  copyTable(source: TableId, destination: TableId, options?: CopyOptions): Promise<TableRecord>;

  /** Persistent SQL functions of a dataset. Without this method the routines methods of REST answer 501. */
  listRoutines?(id: DatasetReference): Promise<readonly RoutineRecord[]>;

  close(): Promise<void>;
}

export interface EngineOptions {
  /** The clock behind `CURRENT_TIMESTAMP()`, creation and change times. */
  readonly now?: () => Date;
}
