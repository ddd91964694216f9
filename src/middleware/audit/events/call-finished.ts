import { count, counts, digest, flag, text } from './definition.ts';
import type { EventDefinition } from './definition.ts';
import { jobOutcome, type JobOutcome } from './job-outcome.ts';

export interface CallFinished extends JobOutcome {
  readonly operation: string;
  readonly status: number;
  readonly durationMs: number;
  /** False when a middleware answered and nothing was sent for the call itself. */
  readonly sent: boolean;
  /** `PENDING`, `RUNNING` or `DONE`. */
  readonly jobState?: string;
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
    jobState: text,
    ...jobOutcome,
    resultDigest: digest,
    detected: counts,
  },
};
