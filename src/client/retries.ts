import type { BigQueryOptions } from '@google-cloud/bigquery';
import type { Retries } from '../transport/attempts.ts';

/** What a client's options say about retries, or `undefined` where only the official client can follow them. */
export function retriesOf({
  autoRetry = true,
  maxRetries,
  retryOptions,
}: BigQueryOptions): Retries | undefined {
  if (retryOptions !== undefined) return undefined;
  const count = autoRetry ? maxRetries || 3 : 0;
  return { busy: count, unanswered: count };
}
