import type { BigQuery, TableField, TableMetadata } from '@google-cloud/bigquery';
import { isJsonObject } from '../../../call/json.ts';
import type { AuditSink, RecordedEvent, RefusedEvent } from './sink.ts';

export interface BigQuerySinkOptions {
  /** A client of the official library that may write to the dataset. It must not be guarded: it would record itself. */
  readonly client: BigQuery;
  readonly dataset: string;
  /** `guard_events`. */
  readonly table?: string;
  readonly name?: string;
}

/**
 * Inserts events into a table of BigQuery, a row each, which is made, or gets the columns that it lacks, with the first lot. Rows
 * carry the event's id as `insertId`; BigQuery removes what comes twice within a minute or so, and views can do the rest
 * by `id`. Keep the dataset out of reach of every principal.
 *
 * ```ts
 * bigquerySink({ client: new BigQuery({ projectId: 'acme-audit' }), dataset: 'guard' })
 * ```
 */
export function bigquerySink({
  client,
  dataset,
  table: tableName = 'guard_events',
  name = 'bigquery',
}: BigQuerySinkOptions): AuditSink {
  const table = client.dataset(dataset).table(tableName);
  let ready: Promise<void> | undefined;
  return {
    name,
    async send(events) {
      try {
        await (ready ??= prepare());
        const rows = events.map((each) => ({ insertId: each.event.id, json: rowOf(each) }));
        await table.insert(rows, { raw: true, skipInvalidRows: true, partialRetries: 0 });
        return [];
      } catch (error) {
        const refused = refusedRows(error);
        if (refused !== undefined) return refused;
        // The table may be gone; the next attempt looks.
        ready = undefined;
        throw error;
      }
    },
  };

  async function prepare(): Promise<void> {
    const [exists] = await table.exists();
    if (!exists) {
      await table.create({
        schema: { fields: [...columns] },
        timePartitioning: { type: 'DAY', field: 'time' },
        clustering: { fields: ['type', 'session_id'] },
        description: 'What bigquery-guard recorded, one row per event.',
      });
      return;
    }
    const [metadata]: TableMetadata[] = await table.getMetadata();
    const present = metadata?.schema?.fields ?? [];
    const names = new Set(present.map((field: TableField) => field.name?.toLowerCase()));
    const lacking = columns.filter((column) => !names.has(column.name));
    if (lacking.length === 0) return;
    // Columns that are added to a table have to be nullable.
    const added = lacking.map(({ mode, ...column }) => ({ ...column, ...(mode === 'REPEATED' && { mode }) }));
    await table.setMetadata({ schema: { fields: [...present, ...added] } });
  }
}

interface Column extends TableField {
  readonly name: string;
}

/** What is asked for most has a column, under no name that SQL reserves; `line` is the whole, and what the hash was made of. */
export const columns: readonly Column[] = [
  { name: 'id', type: 'STRING', mode: 'REQUIRED' },
  { name: 'time', type: 'TIMESTAMP', mode: 'REQUIRED' },
  { name: 'sequence', type: 'INTEGER', mode: 'REQUIRED' },
  { name: 'version', type: 'INTEGER', mode: 'REQUIRED' },
  { name: 'type', type: 'STRING', mode: 'REQUIRED' },
  { name: 'principal', type: 'STRING' },
  { name: 'principal_groups', type: 'STRING', mode: 'REPEATED' },
  { name: 'delegation', type: 'STRING', mode: 'REPEATED' },
  { name: 'agent', type: 'STRING' },
  { name: 'model', type: 'STRING' },
  { name: 'session_id', type: 'STRING' },
  { name: 'call_id', type: 'STRING' },
  { name: 'job_id', type: 'STRING' },
  { name: 'data', type: 'JSON' },
  { name: 'event_hash', type: 'STRING', mode: 'REQUIRED' },
  { name: 'previous_hash', type: 'STRING', mode: 'REQUIRED' },
  { name: 'line', type: 'STRING', mode: 'REQUIRED' },
];

function rowOf({ event, line }: RecordedEvent): object {
  const { id, time, sequence, version, type, principal, agent, session, call, job, data, hash } = event;
  return {
    id,
    time,
    sequence,
    version,
    type,
    line,
    event_hash: hash,
    previous_hash: event.previousHash,
    session_id: session,
    call_id: call,
    job_id: job,
    principal: principal?.id ?? null,
    principal_groups: principal?.groups ?? [],
    delegation: principal?.delegation ?? [],
    agent: agent?.name ?? null,
    model: agent?.model ?? null,
    data: JSON.stringify(data),
  };
}

/** Of an answer that names the rows that it did not take; undefined for any other failure. */
function refusedRows(error: unknown): readonly RefusedEvent[] | undefined {
  const failures: unknown = isJsonObject(error) ? error['errors'] : undefined;
  if (!Array.isArray(failures)) return undefined;
  const refused = failures.map(refusedRow);
  return refused.every((each) => each !== undefined) ? refused : undefined;
}

function refusedRow(failure: unknown): RefusedEvent | undefined {
  if (!isJsonObject(failure) || !isJsonObject(failure['row'])) return undefined;
  const { insertId } = failure['row'];
  const [first] = Array.isArray(failure['errors']) ? failure['errors'] : [];
  const reason = isJsonObject(first) && typeof first['reason'] === 'string' ? first['reason'] : 'invalid';
  return typeof insertId === 'string' ? { id: insertId, reason } : undefined;
}
