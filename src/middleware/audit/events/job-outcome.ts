import { count, flag, text, type JsonSchema } from './definition.ts';

/** What is told of a job when it is seen, or found again, at its end. */
export interface JobOutcome {
  readonly jobComplete?: boolean;
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
}

export const jobOutcome: Readonly<Record<keyof JobOutcome, JsonSchema>> = {
  jobComplete: flag,
  jobError: text,
  statementType: text,
  bytesProcessed: count,
  bytesBilled: count,
  cacheHit: flag,
  rows: count,
  totalRows: count,
  affectedRows: count,
};
