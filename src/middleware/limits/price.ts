import type { CostSettings } from './rules.ts';

const millionth = 1_000_000;
const tebibyte = 1n << 40n;
const gibibyte = 1n << 30n;

/** Money in millionths, so that sums are exact. */
export function inMillionths(amount: number): bigint {
  return BigInt(Math.round(amount * millionth));
}

/** What bytes cost, in millionths, rounded up; `undefined` where they have no price. */
export function priceInMillionths(bytes: bigint, settings: CostSettings): bigint | undefined {
  if (settings.edition === 'capacity') return undefined;
  return (bytes * inMillionths(settings.pricePerTiB) + tebibyte - 1n) / tebibyte;
}

/** What streaming inserts cost, in millionths, rounded up. */
export function insertPriceInMillionths(
  bytes: bigint,
  { edition, insertPricePerGiB }: CostSettings,
): bigint | undefined {
  if (edition === 'capacity') return undefined;
  return (bytes * inMillionths(insertPricePerGiB) + gibibyte - 1n) / gibibyte;
}

export function priceOf(bytes: bigint, settings: CostSettings): number | undefined {
  const millionths = priceInMillionths(bytes, settings);
  return millionths === undefined ? undefined : Number(millionths) / millionth;
}
