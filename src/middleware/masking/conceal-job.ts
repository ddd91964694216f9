import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import type { Result } from '../../call/result.ts';
import type { PositionMap } from '../../sql/rewrite/index.ts';
import { ownPositions } from './restore-positions.ts';

/**
 * Shows the caller its own query in the answers that tell of a job. Where columns were masked, what could tell
 * about their values goes: plans, timelines, and sizes finer than 10 MiB.
 */
export function concealJob(result: Result, own: OwnQuery): Result {
  if (!isJsonObject(result.body)) return result;
  const { job } = result.body;
  // The answer to a cancellation holds the job one level down.
  const body = isJsonObject(job) ? { ...result.body, job: concealed(job, own) } : concealed(result.body, own);
  return { ...result, body };
}

/** A query as its caller knows it. */
export interface OwnQuery {
  readonly sql: string;
  readonly masked: boolean;
  /** The way back from the text that ran; absent where it is the caller's. */
  readonly positions?: PositionMap | undefined;
}

function concealed(job: JsonObject, { sql, masked, positions }: OwnQuery): JsonObject {
  const own = ownPositions(withOwnSql(job, sql), positions);
  return masked ? withoutTraces(own) : own;
}

function withOwnSql(body: JsonObject, sql: string): JsonObject {
  const { configuration } = body;
  if (!isJsonObject(configuration) || !isJsonObject(configuration['query'])) return body;
  return {
    ...body,
    configuration: { ...configuration, query: { ...configuration['query'], query: sql } },
  };
}

/** Of a job's statistics a masked principal gets only what is in this list. */
const kept = new Set([
  'creationTime',
  'startTime',
  'endTime',
  'totalBytesProcessed',
  'query',
  'numChildJobs',
  'parentJobId',
]);

const keptOfQuery = new Set([
  'statementType',
  'totalBytesProcessed',
  'totalBytesBilled',
  'cacheHit',
  'numDmlAffectedRows',
  'dmlStats',
  'ddlOperationPerformed',
  'ddlTargetTable',
  'schema',
  'undeclaredQueryParameters',
  'billingTier',
]);

function withoutTraces(body: JsonObject): JsonObject {
  const { statistics } = body;
  const rounded = rounding(body);
  if (!isJsonObject(statistics)) return rounded;
  const { query } = statistics;
  return {
    ...rounded,
    statistics: {
      ...rounding(only(statistics, kept)),
      ...(isJsonObject(query) && { query: rounding(only(query, keptOfQuery)) }),
    },
  };
}

function only(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.has(name)));
}

const step = 10n * 1024n * 1024n;

function rounding(object: JsonObject): JsonObject {
  const sizes = ['totalBytesProcessed', 'totalBytesBilled'].filter((name) => object[name] !== undefined);
  return { ...object, ...Object.fromEntries(sizes.map((name) => [name, roundUp(object[name])])) };
}

function roundUp(value: Json | undefined): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (!/^\d{1,18}$/.test(text)) return '0';
  return (((BigInt(text) + step - 1n) / step) * step).toString();
}
