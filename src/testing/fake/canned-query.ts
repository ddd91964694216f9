import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError, type EngineErrorReason } from '../stand-in/engine/engine-error.ts';
import type { EngineResult, QueryRequest } from '../stand-in/engine/engine.ts';
import { schemaOf, tableId } from '../seed/seed.ts';
import { jsonRow, type Row } from '../seed/json-row.ts';
import type { Schema } from '../seed/schema.ts';
import { wireRow } from './wire-cell.ts';

/** Which queries an answer is for: the exact text up to white space, a pattern, or a test of your own. */
export type Matcher = string | RegExp | ((query: AskedQuery) => boolean);

export interface AskedQuery {
  readonly sql: string;
  readonly parameters: QueryRequest['parameters'];
  readonly defaultDataset: QueryRequest['defaultDataset'];
}

/** A canned answer: rows, or the error with which BigQuery would refuse. */
export interface CannedQuery {
  readonly match: Matcher;
  readonly schema?: Schema;
  readonly rows?: readonly Row[] | ((query: AskedQuery) => readonly Row[]);
  readonly error?: { readonly reason: EngineErrorReason; readonly message: string };
  /** How long the job runs: for tests of polling and cancelling. */
  readonly runsMs?: number;
  /** `SELECT` unless said otherwise. */
  readonly statementType?: string;
  /** Counts of a DML statement, which has no rows. */
  readonly dml?: EngineResult['dml'];
  readonly totalBytesProcessed?: number;
  /** `dataset.table`. */
  readonly referencedTables?: readonly string[];
}

export async function answerQuery(
  queries: readonly CannedQuery[],
  request: QueryRequest,
): Promise<EngineResult> {
  const asked = { sql: request.sql, parameters: request.parameters, defaultDataset: request.defaultDataset };
  const canned = queries.find(({ match }) => matches(match, asked));
  if (canned === undefined) throw new EngineError('notImplemented', noAnswer);
  if (request.dryRun !== true) await run(canned.runsMs, request.signal);
  if (canned.error !== undefined) throw errorOf(canned.error);
  return resultOf(canned, asked, request);
}

function errorOf({ reason, message }: NonNullable<CannedQuery['error']>): EngineError {
  return new EngineError(reason, message, reason === 'invalidQuery' ? 'query' : undefined);
}

async function run(milliseconds: number | undefined, signal: AbortSignal | undefined): Promise<void> {
  if (milliseconds === undefined) return;
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
}

const noAnswer = 'fakeBigQuery has no answer to this SQL: add { match, schema, rows } to its queries.';

function matches(match: Matcher, asked: AskedQuery): boolean {
  if (typeof match === 'function') return match(asked);
  if (typeof match === 'string') return normalise(match) === normalise(asked.sql);
  return new RegExp(match.source, match.flags.replace(/[gy]/g, '')).test(asked.sql);
}

function normalise(sql: string): string {
  return sql.trim().replace(/;+$/, '').replaceAll(/\s+/g, ' ').trim();
}

function resultOf(canned: CannedQuery, asked: AskedQuery, request: QueryRequest): EngineResult {
  const facts = {
    statementType: canned.statementType ?? 'SELECT',
    totalBytesProcessed: canned.totalBytesProcessed ?? 0,
    referencedTables: (canned.referencedTables ?? []).map((name) => tableId(name, request.project)),
  };
  if (canned.dml !== undefined) return { ...facts, rows: [], dml: canned.dml };
  const rows = typeof canned.rows === 'function' ? canned.rows(asked) : (canned.rows ?? []);
  const schema = schemaOf(canned.schema === undefined ? { rows } : { schema: canned.schema });
  if (request.dryRun === true) return { ...facts, schema, rows: [] };
  return { ...facts, schema, rows: rows.map((row) => wireRow(schema, jsonRow(row))) };
}
