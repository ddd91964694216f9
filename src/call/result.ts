import type { Json } from './json.ts';

/** BigQuery's answer, decoded. Errors are thrown, never returned. */
export interface Result {
  /** HTTP status, 200–299. */
  readonly status: number;
  readonly body: Json;
  readonly headers: Readonly<Record<string, string>>;
}
