import type { DuckDBConnection, DuckDBInstance, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { natives, type Native, type NativeKind, type NativeValue } from '../native/natives.ts';
import { loadDuckDb } from './load.ts';
import { macros } from './macros.ts';
import { translateError } from './translate-error.ts';

type DuckDb = Awaited<ReturnType<typeof loadDuckDb>>;
export type Row = readonly DuckDBValue[];

/** One DuckDB in memory, shut off from files and network, with our functions in it. */
export class Database {
  readonly module: DuckDb;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  constructor(module: DuckDb, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.module = module;
    this.#instance = instance;
    this.#connection = connection;
  }

  async run(sql: string): Promise<void> {
    await this.#guarded(sql, async () => this.#connection.run(sql));
  }

  async rows(sql: string): Promise<readonly Row[]> {
    return this.#guarded(sql, async () => (await this.#connection.runAndReadAll(sql)).getRows());
  }

  /** Binds a statement without running it. */
  async check(sql: string): Promise<void> {
    await this.#guarded(sql, async () => {
      (await this.#connection.prepare(sql)).destroySync();
    });
  }

  async append(table: string, types: readonly DuckDBType[], rows: readonly Row[]): Promise<void> {
    await this.#guarded(table, async () => {
      const appender = await this.#connection.createAppender(table);
      for (const row of rows) {
        for (const [index, value] of row.entries()) {
          const type = types[index];
          if (value === null || type === undefined) appender.appendNull();
          else appender.appendValue(value, type);
        }
        appender.endRow();
      }
      appender.closeSync();
    });
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #guarded<Result>(sql: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw translateError(error, sql);
    }
  }
}

export async function openDatabase(): Promise<Database> {
  const module = await loadDuckDb();
  // One thread keeps the order of rows where SQL leaves it open, so that answers repeat.
  const instance = await module.DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const native of natives) register(module, connection, native);
  for (const macro of macros) await connection.run(`CREATE MACRO ${macro}`);
  for (const setting of settings) await connection.run(setting);
  return new Database(module, instance, connection);
}

const settings = [
  `SET TimeZone = 'UTC'`,
  `SET default_null_order = 'nulls_first_on_asc_last_on_desc'`,
  'SET enable_external_access = false',
  'SET lock_configuration = true',
];

function register(module: DuckDb, connection: DuckDBConnection, native: Native): void {
  const readers = native.parameters.map((kind) => readerOf(module, kind));
  connection.registerScalarFunction(
    module.DuckDBScalarFunction.create({
      name: native.name,
      parameterTypes: native.parameters.map((kind) => typeOf(module, kind)),
      returnType: typeOf(module, native.returns),
      specialHandling: true,
      volatile: native.volatile,
      mainFunction: (info, input, output) => {
        try {
          const columns = native.parameters.map((_, index) => input.getColumnVector(index));
          for (let row = 0; row < input.rowCount; row += 1) {
            const values = columns.map((column, index) => readers[index]?.(column.getItem(row)) ?? null);
            output.setItem(row, written(module, native.run(values)));
          }
          output.flush();
        } catch (error) {
          info.setError(error instanceof Error ? error.message : String(error));
        }
      },
    }),
  );
}

function typeOf(module: DuckDb, kind: NativeKind): DuckDBType {
  if (kind === 'VARCHAR[]') return module.LIST(module.VARCHAR);
  return kind === 'BIGINT[]' ? module.LIST(module.BIGINT) : module[kind];
}

function readerOf(module: DuckDb, kind: NativeKind): (value: DuckDBValue) => NativeValue {
  if (kind === 'BLOB') return (value) => (value instanceof module.DuckDBBlobValue ? value.bytes : null);
  if (kind === 'VARCHAR[]')
    return (value) => listOf(module, value, (item) => (typeof item === 'string' ? item : null));
  if (kind === 'BIGINT[]')
    return (value) => listOf(module, value, (item) => (typeof item === 'bigint' ? item : null));
  return (value) => (typeof value === 'object' ? null : value);
}

function listOf<Item>(module: DuckDb, value: DuckDBValue, read: (item: DuckDBValue) => Item): Item[] | null {
  return value instanceof module.DuckDBListValue ? value.items.map(read) : null;
}

function written(module: DuckDb, value: NativeValue): DuckDBValue {
  if (value instanceof Uint8Array) return new module.DuckDBBlobValue(value);
  return typeof value === 'object' && value !== null ? module.listValue([...value]) : value;
}
