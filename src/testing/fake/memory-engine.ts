import { EngineError, unsupported } from '../stand-in/engine/engine-error.ts';
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
  TableField,
  TableId,
  TablePatch,
  TableRecord,
  WireRow,
} from '../stand-in/engine/engine.ts';
import { fieldsOf } from '../seed/schema.ts';
import { answerQuery, type CannedQuery } from './canned-query.ts';
import { appendTo } from './append-to.ts';

interface StoredTable {
  readonly record: TableRecord;
  readonly rows: readonly WireRow[];
}

/** Datasets and tables in memory, and canned answers where there would be SQL. */
export class MemoryEngine implements Engine {
  readonly #datasets = new Map<string, DatasetRecord>();
  readonly #tables = new Map<string, StoredTable>();
  readonly #queries: readonly CannedQuery[];
  readonly #now: () => Date;
  #version = 0;

  constructor(queries: readonly CannedQuery[], now: () => Date) {
    this.#queries = queries;
    this.#now = now;
  }

  async query(request: QueryRequest): Promise<EngineResult> {
    const result = await answerQuery(this.#queries, request);
    const { destination } = request;
    const { schema } = result;
    if (destination !== undefined && schema !== undefined && request.dryRun !== true) {
      await this.#write(destination, schema, result.rows, request);
    }
    return result;
  }

  async createDataset(dataset: NewDataset): Promise<DatasetRecord> {
    const key = datasetKey(dataset);
    if (this.#datasets.has(key)) throw new EngineError('duplicate', `Already Exists: Dataset ${key}`);
    const record = { location: 'US', labels: {}, ...dataset, ...this.#created() };
    this.#datasets.set(key, record);
    return Promise.resolve(record);
  }

  async getDataset(id: DatasetReference): Promise<DatasetRecord> {
    const record = this.#datasets.get(datasetKey(id));
    if (record === undefined) throw new EngineError('notFound', `Not found: Dataset ${datasetKey(id)}`);
    return Promise.resolve(record);
  }

  async listDatasets(projectId: string): Promise<readonly DatasetRecord[]> {
    const records = [...this.#datasets.values()].filter((record) => record.projectId === projectId);
    return Promise.resolve(records.toSorted((a, b) => (a.datasetId < b.datasetId ? -1 : 1)));
  }

  async patchDataset(id: DatasetReference, patch: DatasetPatch): Promise<DatasetRecord> {
    const record = { ...(await this.getDataset(id)), ...patch, ...this.#changed() };
    this.#datasets.set(datasetKey(id), record);
    return record;
  }

  async deleteDataset(id: DatasetReference, options: { deleteContents?: boolean } = {}): Promise<void> {
    const tables = await this.listTables(id);
    if (tables.length > 0 && options.deleteContents !== true) {
      throw new EngineError('resourceInUse', `Dataset ${datasetKey(id)} is still in use`);
    }
    for (const table of tables) this.#tables.delete(tableKey(table));
    this.#datasets.delete(datasetKey(id));
  }

  async createTable({ schema = [], ...table }: NewTable): Promise<TableRecord> {
    await this.getDataset(table);
    const key = tableKey(table);
    if (this.#tables.has(key)) throw new EngineError('duplicate', `Already Exists: Table ${key}`);
    const type = table.viewQuery === undefined ? 'TABLE' : 'VIEW';
    const counts = { numRows: 0, numBytes: 0 };
    const record = {
      labels: {},
      ...table,
      type,
      schema: fieldsOf(schema),
      ...counts,
      ...this.#created(),
    } as const;
    this.#tables.set(key, { record, rows: [] });
    return record;
  }

  async getTable(id: TableId): Promise<TableRecord> {
    return Promise.resolve(this.#stored(id).record);
  }

  async listTables(id: DatasetReference): Promise<readonly TableRecord[]> {
    await this.getDataset(id);
    const records = [...this.#tables.values()].map(({ record }) => record);
    const own = records.filter((record) => datasetKey(record) === datasetKey(id));
    return own.toSorted((a, b) => (a.tableId < b.tableId ? -1 : 1));
  }

  async patchTable(id: TableId, { schema, ...patch }: TablePatch): Promise<TableRecord> {
    const { record, rows } = this.#stored(id);
    const fields = schema === undefined ? record.schema : fieldsOf(schema);
    const added = fields.length - record.schema.length;
    if (added < 0 || record.schema.some(({ name }, index) => fields[index]?.name !== name)) {
      throw new EngineError('invalid', `Provided Schema does not match Table ${tableKey(id)}.`);
    }
    const padding = Array.from({ length: added }, () => ({ v: null }));
    const padded = added === 0 ? rows : rows.map(({ f }) => ({ f: [...f, ...padding] }));
    const changed = { ...record, ...patch, schema: fields, ...this.#changed() };
    this.#tables.set(tableKey(id), { record: changed, rows: padded });
    return Promise.resolve(changed);
  }

  async deleteTable(id: TableId): Promise<void> {
    this.#stored(id);
    this.#tables.delete(tableKey(id));
    return Promise.resolve();
  }

  async appendRows(
    id: TableId,
    rows: readonly JsonRow[],
    options: AppendOptions = {},
  ): Promise<readonly RowError[]> {
    const { record, rows: before } = this.#stored(id);
    const { stored, errors } = appendTo(record.schema, rows, options);
    if (stored.length > 0) this.#put(record, [...before, ...stored]);
    return Promise.resolve(errors);
  }

  async readRows(id: TableId, options: ReadOptions = {}): Promise<RowPage> {
    const { record, rows } = this.#stored(id);
    const names = options.selectedFields?.map((name) => name.toLowerCase());
    if (names?.some((name) => name.includes('.'))) throw unsupported('nested selectedFields in fakeBigQuery');
    const kept = record.schema.map(({ name }) => names?.includes(name.toLowerCase()) ?? true);
    const start = options.startIndex ?? 0;
    const page = rows.slice(start, start + (options.maxResults ?? rows.length));
    return Promise.resolve({
      schema: record.schema.filter((_, index) => kept[index]),
      rows: page.map(({ f }) => ({ f: f.filter((_, index) => kept[index]) })),
      totalRows: rows.length,
    });
  }

  async truncateTable(id: TableId): Promise<void> {
    this.#put(this.#stored(id).record, []);
    return Promise.resolve();
  }

  async copyTable(source: TableId, destination: TableId, options: CopyOptions = {}): Promise<TableRecord> {
    const { record, rows } = this.#stored(source);
    await this.#write(destination, record.schema, rows, options);
    return this.#stored(destination).record;
  }

  async listRoutines(id: DatasetReference): Promise<readonly RoutineRecord[]> {
    await this.getDataset(id);
    return [];
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }

  async #write(
    id: TableId,
    schema: readonly TableField[],
    rows: readonly WireRow[],
    { writeDisposition = 'WRITE_EMPTY', createDisposition = 'CREATE_IF_NEEDED' }: CopyOptions,
  ): Promise<void> {
    const before = this.#tables.get(tableKey(id));
    if (before === undefined && createDisposition === 'CREATE_NEVER') this.#stored(id);
    if (before !== undefined && before.rows.length > 0 && writeDisposition === 'WRITE_EMPTY') {
      throw new EngineError('duplicate', `Already Exists: Table ${tableKey(id)}`);
    }
    const record = before?.record ?? (await this.createTable({ ...id, schema }));
    const isAppend = writeDisposition === 'WRITE_APPEND';
    this.#put(
      isAppend ? record : { ...record, schema },
      isAppend ? [...(before?.rows ?? []), ...rows] : rows,
    );
  }

  #stored(id: TableId): StoredTable {
    const table = this.#tables.get(tableKey(id));
    if (table !== undefined) return table;
    const isDatasetThere = this.#datasets.has(datasetKey(id));
    const what = isDatasetThere ? `Table ${tableKey(id)}` : `Dataset ${datasetKey(id)}`;
    throw new EngineError('notFound', `Not found: ${what}`);
  }

  #put(record: TableRecord, rows: readonly WireRow[]): void {
    const counts = { numRows: rows.length, numBytes: JSON.stringify(rows).length };
    this.#tables.set(tableKey(record), { record: { ...record, ...counts, ...this.#changed() }, rows });
  }

  #created(): { creationTime: number; lastModifiedTime: number; etag: string } {
    return { creationTime: this.#now().getTime(), ...this.#changed() };
  }

  #changed(): { lastModifiedTime: number; etag: string } {
    this.#version += 1;
    return { lastModifiedTime: this.#now().getTime(), etag: `v${this.#version}` };
  }
}

function datasetKey({ projectId, datasetId }: DatasetReference): string {
  return `${projectId}:${datasetId}`;
}

function tableKey(id: TableId): string {
  return `${datasetKey(id)}.${id.tableId}`;
}
