import type { Engine, EngineOptions } from './engine.ts';
import { unsupported } from './engine-error.ts';

/** Starts an empty engine. `@duckdb/node-api` is loaded here and nowhere else. */
export async function openEngine(_options: EngineOptions = {}): Promise<Engine> {
  return Promise.reject(unsupported('queries yet'));
}
