import { count, digest, listOf, text } from './definition.ts';
import type { EventDefinition } from './definition.ts';

export interface ResultRecorded {
  /** SHA-256 over the JSON of the rows as the caller gets them, masks applied. */
  readonly digest: string;
  readonly bytes: number;
  readonly rows: number;
  readonly columns: readonly string[];
}

export const resultRecorded: EventDefinition<ResultRecorded> = {
  version: 1,
  summary: 'What the answer held, if `results: digest` is configured. No values.',
  required: ['digest', 'bytes', 'rows', 'columns'],
  properties: { digest, bytes: count, rows: count, columns: listOf(text) },
};
