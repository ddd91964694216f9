import type { Path } from '../../../../sql/ast/index.ts';
import { EngineError, invalidQuery } from '../engine-error.ts';
import type { FunctionDefinition } from '../print/context.ts';
import type { DatasetRecord, DatasetReference, TableId } from '../table.ts';
import type { StoredTable } from './stored-table.ts';

/** Where unqualified names belong. */
export interface NameContext {
  readonly project: string;
  readonly defaultDataset?: DatasetReference;
}

/** A persistent function; its name stands where a table's would. */
export interface StoredRoutine {
  readonly id: TableId;
  readonly definition: FunctionDefinition;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly etag: string;
}

/** The names of everything: datasets, tables, routines. The rows are DuckDB's. */
export class Store {
  readonly #datasets = new Map<string, DatasetRecord>();
  readonly #tables = new Map<string, StoredTable>();
  readonly #routines = new Map<string, StoredRoutine>();
  #count = 0;

  nextName(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${this.#count}`;
  }

  findDataset(id: DatasetReference): DatasetRecord | undefined {
    return this.#datasets.get(datasetKey(id));
  }

  dataset(id: DatasetReference): DatasetRecord {
    const found = this.findDataset(id);
    if (found === undefined) {
      throw new EngineError(
        'notFound',
        `Not found: Dataset ${id.projectId}:${id.datasetId} was not found in location US`,
      );
    }
    return found;
  }

  datasetsOf(project: string): readonly DatasetRecord[] {
    return [...this.#datasets.values()]
      .filter((dataset) => dataset.projectId === project)
      .toSorted((left, right) => compare(left.datasetId, right.datasetId));
  }

  putDataset(dataset: DatasetRecord): void {
    this.#datasets.set(datasetKey(dataset), dataset);
  }

  removeDataset(id: DatasetReference): void {
    this.#datasets.delete(datasetKey(id));
    for (const key of this.#routines.keys())
      if (key.startsWith(`${datasetKey(id)}.`)) this.#routines.delete(key);
  }

  /** The full name of `table`, `dataset.table` or `project.dataset.table`. */
  tableId(path: Path, context: NameContext): TableId {
    const names = path.flatMap((part) => (part.quoted ? part.name.split('.') : [part.name]));
    const [third, second, first] = [names.at(-1), names.at(-2), names.slice(0, -2).join('.')];
    if (third === undefined) throw invalidQuery('Invalid empty table name');
    if (second !== undefined)
      return { projectId: first === '' ? context.project : first, datasetId: second, tableId: third };
    if (context.defaultDataset === undefined) {
      throw new EngineError(
        'invalid',
        `Table "${third}" must be qualified with a dataset (e.g. dataset.table).`,
      );
    }
    return { ...context.defaultDataset, tableId: third };
  }

  findTable(id: TableId): StoredTable | undefined {
    return this.#tables.get(tableKey(id));
  }

  table(id: TableId): StoredTable {
    const found = this.findTable(id);
    if (found === undefined) throw this.missingTable(id);
    return found;
  }

  missingTable(id: TableId): EngineError {
    if (this.findDataset(id) === undefined) {
      return new EngineError(
        'notFound',
        `Not found: Dataset ${id.projectId}:${id.datasetId} was not found in location US`,
      );
    }
    return new EngineError(
      'notFound',
      `Not found: Table ${id.projectId}:${id.datasetId}.${id.tableId} was not found in location US`,
    );
  }

  tablesOf(id: DatasetReference): readonly StoredTable[] {
    return [...this.#tables.values()]
      .filter(({ record }) => record.projectId === id.projectId && record.datasetId === id.datasetId)
      .toSorted((left, right) => compare(left.record.tableId, right.record.tableId));
  }

  putTable(table: StoredTable): void {
    this.#tables.set(tableKey(table.record), table);
  }

  removeTable(id: TableId): void {
    this.#tables.delete(tableKey(id));
  }

  routine(path: Path, context: NameContext): FunctionDefinition | undefined {
    if (path.length === 1 && context.defaultDataset === undefined) return undefined;
    return this.#routines.get(tableKey(this.tableId(path, context)).toLowerCase())?.definition;
  }

  routinesOf({ projectId, datasetId }: DatasetReference): readonly StoredRoutine[] {
    return [...this.#routines.values()]
      .filter(({ id }) => id.projectId === projectId && id.datasetId === datasetId)
      .toSorted((left, right) => compare(left.id.tableId, right.id.tableId));
  }

  putRoutine(id: TableId, definition: FunctionDefinition, now: Date): void {
    const key = tableKey(id).toLowerCase();
    const createdAt = this.#routines.get(key)?.createdAt ?? now;
    this.#routines.set(key, { id, definition, createdAt, changedAt: now, etag: this.nextName('routine') });
  }

  removeRoutine(id: TableId): boolean {
    return this.#routines.delete(tableKey(id).toLowerCase());
  }
}

const datasetKey = ({ projectId, datasetId }: DatasetReference): string => `${projectId}.${datasetId}`;
const tableKey = (id: TableId): string => `${datasetKey(id)}.${id.tableId}`;
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
