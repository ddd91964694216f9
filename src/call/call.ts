import type { Readable } from 'node:stream';
import type { JsonObject } from './json.ts';
import type { OperationClass, OperationName } from './operations.ts';

/**
 * One BigQuery REST method call, normalised: decoded path ids, resolved project, frozen. A middleware
 * never changes it but passes a new one on: `next({ ...call, body })`.
 */
export interface Call {
  /** UUIDv7, made by the guard. */
  readonly id: string;
  /** The method of the v2 discovery document, e.g. `jobs.query`; `unknown` for anything else. */
  readonly operation: OperationName;
  readonly class: OperationClass;
  readonly project: string;
  readonly ids: CallIds;
  /** Query parameters; a repeated one is a list. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** The JSON body; for an upload the metadata part. */
  readonly body: JsonObject | undefined;
  /** The media of an upload. It can be read once. */
  readonly upload: Upload | undefined;
  /** As they will be sent, for messages and for unknown operations: decoded path below `/bigquery/v2`. */
  readonly method: string;
  readonly path: string;
  /** Why this request cannot be sent as the call it looks like. Such a call is recorded and refused. */
  readonly flaw?: string | undefined;
}

export interface CallIds {
  readonly projectId?: string;
  readonly datasetId?: string;
  readonly tableId?: string;
  readonly jobId?: string;
  readonly modelId?: string;
  readonly routineId?: string;
  readonly policyId?: string;
}

export interface Upload {
  readonly contentType: string;
  readonly stream: Readable;
}
