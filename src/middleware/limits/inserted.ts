import type { Call } from '../../call/call.ts';
import { isJsonObject, type Json } from '../../call/json.ts';

/** BigQuery bills at least this for each row; https://cloud.google.com/bigquery/pricing#data-ingestion-pricing */
const leastPerRow = 1024;

/** What is billed for the rows of a streaming insert; as JSON they are hardly smaller than in a table. */
export function insertedBytes({ operation, body }: Call): bigint {
  if (operation !== 'tabledata.insertAll') return 0n;
  const rows: Json | undefined = body?.['rows'];
  if (!Array.isArray(rows)) return 0n;
  const sizes = rows.map((row: Json) => {
    const json = isJsonObject(row) ? row['json'] : undefined;
    return Math.max(leastPerRow, Buffer.byteLength(JSON.stringify(json ?? null)));
  });
  return BigInt(sizes.reduce((sum, size) => sum + size, 0));
}
