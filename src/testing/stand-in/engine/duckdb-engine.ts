import type { Database } from './duckdb/database.ts';
import type {
  AppendOptions,
  CopyOptions,
  DatasetPatch,
  DatasetRecord,
  DatasetReference,
  Engine,
  EngineResult,
  JsonRow,
  NewDataset,
  NewTable,
  QueryRequest,
  ReadOptions,
  RoutineRecord,
  RowError,
  RowPage,
  TableId,
  TablePatch,
  TableRecord,
} from './engine.ts';
import { EngineError } from './engine-error.ts';
import { Store } from './store/store.ts';
import type { StoredTable } from './store/stored-table.ts';
import { newDataset } from './run/datasets.ts';
import { routineRecord } from './run/routine-record.ts';
import { runRequest } from './run/request.ts';
import { appendJson, readPage } from './run/rows.ts';
import { tableBytes } from './run/size.ts';
import { copyRows, createFrom, patchStored } from './run/table-changes.ts';
import { dropTable, newEtag, touch } from './run/tables.ts';

/** The engine on DuckDB. One thing happens at a time: there is one connection and one catalogue. */
export class DuckDbEngine implements Engine {
  readonly #database: Database;
  readonly #now: () => Date;
  readonly #store = new Store();
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: Database, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async query(request: QueryRequest): Promise<EngineResult> {
    return this.#inTurn(async () => {
      if (request.signal?.aborted === true)
        throw new EngineError('stopped', 'Job execution was cancelled: User requested cancellation');
      return runRequest(this.#store, this.#database, request, this.#now);
    });
  }

  async createDataset(dataset: NewDataset): Promise<DatasetRecord> {
    return this.#inTurn(async () => {
      if (this.#store.findDataset(dataset) !== undefined) {
        throw new EngineError(
          'duplicate',
          `Already Exists: Dataset ${dataset.projectId}:${dataset.datasetId}`,
        );
      }
      const made = newDataset(dataset, this.#now());
      this.#store.putDataset(made);
      return made;
    });
  }

  async getDataset(id: DatasetReference): Promise<DatasetRecord> {
    return this.#inTurn(async () => this.#dataset(id));
  }

  #dataset(id: DatasetReference): DatasetRecord {
    const found = this.#store.findDataset(id);
    if (found === undefined)
      throw new EngineError('notFound', `Not found: Dataset ${id.projectId}:${id.datasetId}`);
    return found;
  }

  async listDatasets(projectId: string): Promise<readonly DatasetRecord[]> {
    return this.#inTurn(async () => this.#store.datasetsOf(projectId));
  }

  async patchDataset(id: DatasetReference, patch: DatasetPatch): Promise<DatasetRecord> {
    return this.#inTurn(async () => {
      const changed = {
        ...this.#dataset(id),
        ...patch,
        lastModifiedTime: this.#now().getTime(),
        etag: newEtag(),
      };
      this.#store.putDataset(changed);
      return changed;
    });
  }

  async deleteDataset(
    id: DatasetReference,
    options: { readonly deleteContents?: boolean } = {},
  ): Promise<void> {
    return this.#inTurn(async () => {
      this.#dataset(id);
      const tables = this.#store.tablesOf(id);
      if (tables.length > 0 && options.deleteContents !== true) {
        throw new EngineError('resourceInUse', `Dataset ${id.projectId}:${id.datasetId} is still in use`);
      }
      for (const table of tables) await dropTable(this.#store, this.#database, table);
      this.#store.removeDataset(id);
    });
  }

  async createTable(table: NewTable): Promise<TableRecord> {
    return this.#inTurn(async () =>
      this.#recordOf(await createFrom(table, this.#store, this.#database, this.#now)),
    );
  }

  async getTable(id: TableId): Promise<TableRecord> {
    return this.#inTurn(async () => this.#recordOf(this.#table(id)));
  }

  #table(id: TableId): StoredTable {
    this.#dataset(id);
    const found = this.#store.findTable(id);
    if (found === undefined)
      throw new EngineError('notFound', `Not found: Table ${id.projectId}:${id.datasetId}.${id.tableId}`);
    return found;
  }

  async #recordOf(table: StoredTable): Promise<TableRecord> {
    if (table.record.type === 'VIEW') return { ...table.record, numRows: 0, numBytes: 0 };
    const [row] = await this.#database.rows(`SELECT count(*) FROM ${table.physical}`);
    return {
      ...table.record,
      numRows: Number(row?.[0] ?? 0),
      numBytes: await tableBytes(this.#database, table),
    };
  }

  async listTables(id: DatasetReference): Promise<readonly TableRecord[]> {
    return this.#inTurn(async () => {
      this.#dataset(id);
      const records: TableRecord[] = [];
      for (const table of this.#store.tablesOf(id)) records.push(await this.#recordOf(table));
      return records;
    });
  }

  async patchTable(id: TableId, patch: TablePatch): Promise<TableRecord> {
    return this.#inTurn(async () => {
      const changed = await patchStored(this.#table(id), patch, this.#store, this.#database, this.#now);
      return this.#recordOf(changed);
    });
  }

  async deleteTable(id: TableId): Promise<void> {
    return this.#inTurn(async () => dropTable(this.#store, this.#database, this.#table(id)));
  }

  async appendRows(
    id: TableId,
    rows: readonly JsonRow[],
    options: AppendOptions = {},
  ): Promise<readonly RowError[]> {
    return this.#inTurn(async () => {
      const table = this.#rowTable(id);
      const { errors, stored } = await appendJson(this.#database, table, rows, options);
      if (stored > 0) touch(this.#store, table, this.#now());
      return errors;
    });
  }

  #rowTable(id: TableId): StoredTable {
    const table = this.#table(id);
    if (table.record.type === 'TABLE') return table;
    throw new EngineError(
      'invalid',
      `Cannot read or write rows of a view: ${id.projectId}:${id.datasetId}.${id.tableId}`,
    );
  }

  async readRows(id: TableId, options: ReadOptions = {}): Promise<RowPage> {
    return this.#inTurn(async () => readPage(this.#database, this.#rowTable(id), options));
  }

  async truncateTable(id: TableId): Promise<void> {
    return this.#inTurn(async () => {
      const table = this.#rowTable(id);
      await this.#database.run(`DELETE FROM ${table.physical}`);
      touch(this.#store, table, this.#now());
    });
  }

  async copyTable(source: TableId, destination: TableId, options: CopyOptions = {}): Promise<TableRecord> {
    return this.#inTurn(async () => {
      this.#dataset(destination);
      const copied = await copyRows(
        this.#rowTable(source),
        destination,
        options,
        this.#store,
        this.#database,
        this.#now,
      );
      return this.#recordOf(copied);
    });
  }

  async listRoutines(id: DatasetReference): Promise<readonly RoutineRecord[]> {
    return this.#inTurn(async () => {
      this.#dataset(id);
      return this.#store.routinesOf(id).map(routineRecord);
    });
  }

  async close(): Promise<void> {
    return this.#inTurn(async () => this.#database.close());
  }
}
