import type * as DuckDb from '@duckdb/node-api';
import { EngineError } from '../engine-error.ts';

/** `@duckdb/node-api` is an optional peer: 70 MB that only the stand-in needs. */
export async function loadDuckDb(): Promise<typeof DuckDb> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    const error = new EngineError(
      'notImplemented',
      'The stand-in needs the package @duckdb/node-api, which is not installed. Install it with: npm install --save-dev @duckdb/node-api',
    );
    error.cause = cause;
    throw error;
  }
}
