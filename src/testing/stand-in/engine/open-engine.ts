import { openDatabase } from './duckdb/database.ts';
import { DuckDbEngine } from './duckdb-engine.ts';
import type { Engine, EngineOptions } from './engine.ts';

/** Starts an empty engine. `@duckdb/node-api` is loaded here and nowhere else. */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  return new DuckDbEngine(await openDatabase(), options.now ?? (() => new Date()));
}
