import { contextKey } from './context.ts';
import type { Call } from './call.ts';
import type { ContextKey } from './context.ts';

/**
 * What can be done for a call while the record of it is still being written: credentials, headers, text. It must
 * not send anything to BigQuery.
 */
export type Prepare = (call: Call, account: string | undefined) => void;

/** Where the transport of a call leaves it. */
export const prepareKey: ContextKey<Prepare | undefined> = contextKey<Prepare | undefined>(
  'prepare',
  undefined,
);
