import type { EngineResult } from '../../stand-in/engine/engine.ts';
import { RestError } from '../rest-error.ts';

const mebibyte = 1024 * 1024;

/** Whole mebibytes, at least 10 for each table that is read; nothing where nothing is read. */
export function bytesBilled(
  result: Pick<EngineResult, 'totalBytesProcessed' | 'referencedTables' | 'statementType'>,
): number {
  if (result.totalBytesProcessed === 0) return 0;
  const minimum = 10 * mebibyte * Math.max(1, result.referencedTables.length);
  return Math.max(minimum, Math.ceil(result.totalBytesProcessed / mebibyte) * mebibyte);
}

export function refuseAboveLimit(billed: number, limit: number | undefined): void {
  if (limit === undefined || billed <= limit) return;
  const message = `Query exceeded limit for bytes billed: ${limit}. ${billed} or higher required.`;
  throw new RestError('bytesBilledLimitExceeded', message);
}
