import { count, counts, digest, flag, text } from './definition.ts';
import type { EventDefinition } from './definition.ts';

export interface CallFinished {
  readonly operation: string;
  readonly status: number;
  readonly durationMs: number;
  /** False when a middleware answered and nothing was sent for the call itself. */
  readonly sent: boolean;
  readonly jobComplete?: boolean;
  /** `PENDING`, `RUNNING` or `DONE`. */
  readonly jobState?: string;
  /** Why the job failed, as BigQuery's reason: `invalidQuery`, … */
  readonly jobError?: string;
  readonly statementType?: string;
  readonly bytesProcessed?: number;
  readonly bytesBilled?: number;
  readonly cacheHit?: boolean;
  /** Rows in this answer. */
  readonly rows?: number;
  readonly totalRows?: number;
  readonly affectedRows?: number;
  readonly resultDigest?: string;
  /** What detectors found in the answer, by its kind. */
  readonly detected?: Readonly<Record<string, number>>;
}

export const callFinished: EventDefinition<CallFinished> = {
  version: 1,
  summary: 'The call has an answer. Durable before the caller gets it.',
  required: ['operation', 'status', 'durationMs', 'sent'],
  properties: {
    operation: text,
    status: count,
    durationMs: count,
    sent: flag,
    jobComplete: flag,
    jobState: text,
    jobError: text,
    statementType: text,
    bytesProcessed: count,
    bytesBilled: count,
    cacheHit: flag,
    rows: count,
    totalRows: count,
    affectedRows: count,
    resultDigest: digest,
    detected: counts,
  },
};
