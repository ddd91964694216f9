import { oneOf, text } from './definition.ts';
import type { EventDefinition } from './definition.ts';
import { jobOutcome, type JobOutcome } from './job-outcome.ts';

export interface CallRecovered extends JobOutcome {
  readonly operation: string;
  /**
   * `done` and `failed`: how its job ended. `noJob`: BigQuery knows of none, so nothing was run. `notSent`: the process
   * ended before it sent anything. `unknown`: it was no job, and nobody can be asked.
   */
  readonly outcome: 'done' | 'failed' | 'noJob' | 'notSent' | 'unknown';
  readonly jobId?: string;
}

export const callRecovered: EventDefinition<CallRecovered> = {
  version: 1,
  summary: 'What became of a call whose process ended before its outcome was on record.',
  required: ['operation', 'outcome'],
  properties: {
    operation: text,
    outcome: oneOf('done', 'failed', 'noJob', 'notSent', 'unknown'),
    jobId: text,
    ...jobOutcome,
  },
};
