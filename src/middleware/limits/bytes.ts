const mebibyte = 1n << 20n;

/** BigQuery bills at least this for each table that a query references, and for each query. */
export const leastPerTable: bigint = 10n * mebibyte;

/** The most that is billed for bytes: whole MiB, and the minimum of each table; https://cloud.google.com/bigquery/pricing */
export function mostBilled(bytes: bigint, tables: number): bigint {
  const least = leastPerTable * BigInt(Math.max(1, tables));
  const whole = roundUp(bytes, mebibyte);
  return whole > least ? whole : least;
}

/** Steps of 10 MiB: finer sizes could tell of values that are masked for the caller. */
export function roundCoarsely(bytes: bigint): bigint {
  return roundUp(bytes, leastPerTable);
}

function roundUp(bytes: bigint, step: bigint): bigint {
  return ((bytes + step - 1n) / step) * step;
}

/** BigQuery's 64-bit numbers arrive as text. What is negative, broken or beyond 64 bits is no size. */
export function sizeOf(value: unknown): bigint | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,19}$/.test(text)) return undefined;
  const bytes = BigInt(text);
  return bytes < 1n << 63n ? bytes : undefined;
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1.2 GiB`, for messages. */
export function bytesText(bytes: bigint): string {
  let amount = Number(bytes);
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${Number(amount.toFixed(1))} ${units[unit]}`;
}
