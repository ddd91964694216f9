import { digest, flag, oneOf, recordedText, text } from './definition.ts';
import type { EventDefinition, RecordedText } from './definition.ts';

export interface QueryStarted {
  readonly operation: string;
  readonly project: string;
  /** `statement`: the call itself. `own`: a catalog read, dry run or look-up that the guard makes for it. */
  readonly purpose: 'statement' | 'own';
  /** SHA-256 over RFC 8785 JSON of operation, method, path, project, ids, query and body. */
  /** The service account under which it is sent; absent: the guard's own account. */
  readonly account?: string;
  readonly requestHash: string;
  /** The SQL that is sent; without its text when it is what was asked. */
  readonly sql?: RecordedText;
  readonly rewritten?: boolean;
  readonly dryRun?: boolean;
  /** The idempotency key that BigQuery sees. */
  readonly requestId?: string;
}

export const queryStarted: EventDefinition<QueryStarted> = {
  version: 1,
  summary: 'What is about to be sent to BigQuery. Durable before it is sent.',
  required: ['operation', 'project', 'purpose', 'requestHash'],
  properties: {
    operation: text,
    project: text,
    purpose: oneOf('statement', 'own'),
    account: text,
    requestHash: digest,
    sql: recordedText,
    rewritten: flag,
    dryRun: flag,
    requestId: text,
  },
};
