import type { Call } from './call.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/**
 * The query part of a call, the same for jobs.query (where it is the body) and jobs.insert (where it is
 * `configuration.query`), and the way to put a changed one back.
 */
export interface QueryRequest {
  readonly sql: string;
  /** The object that holds `query`, `defaultDataset`, `queryParameters`, … */
  readonly settings: JsonObject;
  readonly dryRun: boolean;
}

/** `undefined` when the call carries no query. */
export function queryRequest(call: Call): QueryRequest | undefined {
  const { body } = call;
  if (body === undefined) return undefined;
  if (call.operation === 'jobs.query') return read(body, body);
  const configuration = body['configuration'];
  if (call.operation !== 'jobs.insert' || !isJsonObject(configuration)) return undefined;
  const settings = configuration['query'];
  return isJsonObject(settings) ? read(settings, configuration) : undefined;
}

function read(settings: JsonObject, around: JsonObject): QueryRequest | undefined {
  const sql = settings['query'];
  return typeof sql === 'string' ? { sql, settings, dryRun: around['dryRun'] === true } : undefined;
}

/** The same call with some settings of its query replaced. */
export function withQuerySettings(call: Call, changes: JsonObject): Call {
  const { body } = call;
  if (body === undefined) return call;
  if (call.operation === 'jobs.query') return { ...call, body: { ...body, ...changes } };
  const configuration = body['configuration'];
  if (!isJsonObject(configuration)) return call;
  const settings = configuration['query'];
  if (!isJsonObject(settings)) return call;
  return {
    ...call,
    body: { ...body, configuration: { ...configuration, query: { ...settings, ...changes } } },
  };
}
