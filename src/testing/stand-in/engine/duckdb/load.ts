import type * as DuckDb from '@duckdb/node-api';
import { GuardError } from '../../../../errors.ts';

/** `@duckdb/node-api` is an optional peer: 70 MB that only the stand-in needs. */
export async function loadDuckDb(): Promise<typeof DuckDb> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new GuardError(
      'ERR_CONFIG',
      'The stand-in needs the package @duckdb/node-api, which is not installed. Install it with: npm install --save-dev @duckdb/node-api',
      { cause },
    );
  }
}
