import { count, counts, flag, listOf, oneOf, reasons, text } from './definition.ts';
import type { EventDefinition, RecordedReason } from './definition.ts';

export interface CallFailed {
  readonly operation: string;
  /**
   * `refused` by the guard, `timedOut` while waiting, `cancelled` by the caller, `rejected` by BigQuery,
   * `failed` for everything else.
   */
  readonly outcome: 'refused' | 'timedOut' | 'cancelled' | 'rejected' | 'failed';
  /** The guard's code, BigQuery's HTTP status, or the name of the error. Never its text. */
  readonly code: string;
  readonly reasons: readonly RecordedReason[];
  /** The reasons in BigQuery's answer: `notFound`, `invalidQuery`, … */
  readonly upstreamReasons?: readonly string[];
  readonly durationMs: number;
  /** False when nothing was sent for the call itself. */
  readonly sent: boolean;
  /** What detectors found in the answer, by its kind. */
  readonly detected?: Readonly<Record<string, number>>;
}

export const callFailed: EventDefinition<CallFailed> = {
  version: 1,
  summary: 'The call was refused, gave up, or failed. Durable before the caller hears of it.',
  required: ['operation', 'outcome', 'code', 'reasons', 'durationMs', 'sent'],
  properties: {
    operation: text,
    outcome: oneOf('refused', 'timedOut', 'cancelled', 'rejected', 'failed'),
    code: text,
    reasons,
    upstreamReasons: listOf(text),
    durationMs: count,
    sent: flag,
    detected: counts,
  },
};
