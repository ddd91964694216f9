import { flag, listOf, oneOf, record, recordedText, text, digest } from './definition.ts';
import type { EventDefinition, RecordedText } from './definition.ts';

/** A query parameter: its type, and its value by configuration not at all, as keyed hash, or in full. */
export interface RecordedParameter {
  readonly name?: string;
  readonly type: string;
  readonly hash?: string;
  readonly value?: unknown;
}

export interface CallStarted {
  readonly operation: string;
  readonly class: string;
  readonly project: string;
  readonly ids: { readonly [name: string]: string | undefined };
  /** The service account under which it runs at BigQuery; absent: the guard's own account. */
  readonly account?: string;
  readonly location?: string;
  /** As they came in, for a method that the guard does not know. */
  readonly method?: string;
  readonly path?: string;
  readonly sql?: RecordedText;
  readonly parameters?: readonly RecordedParameter[];
  /** `project.dataset`: where names in the SQL that name none lie. */
  readonly defaultDataset?: string;
  /** `project.dataset.table`: where the settings put the rows. */
  readonly destination?: string;
  readonly dryRun?: boolean;
  /** The media type of an upload. */
  readonly upload?: string;
  readonly prompt?: RecordedText;
  /** True for polls and further pages of a job that has its own record. */
  readonly followUp?: boolean;
}

export const callStarted: EventDefinition<CallStarted> = {
  version: 1,
  summary: 'Somebody asks for something. Durable before anything is sent.',
  required: ['operation', 'class', 'project', 'ids'],
  properties: {
    operation: text,
    class: oneOf('read', 'write', 'ddl', 'export', 'admin', 'metadata', 'job', 'detokenize', 'unknown'),
    project: text,
    ids: { type: 'object', additionalProperties: text },
    account: text,
    location: text,
    method: text,
    path: text,
    sql: recordedText,
    parameters: listOf(record(['type'], { name: text, type: text, hash: digest, value: true })),
    defaultDataset: text,
    destination: text,
    dryRun: flag,
    upload: text,
    prompt: recordedText,
    followUp: flag,
  },
};
