import type { Call } from '../../call/call.ts';
import { withoutDecorator } from '../../call/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import { fromHttpRequest } from '../../call/normalise.ts';
import { queryRequest } from '../../call/query-request.ts';
import type { ObjectName } from '../../sql/catalog.ts';
import { mostBilled, sizeOf } from './bytes.ts';
import type { Cost } from './cost.ts';
import { priceOf } from './price.ts';
import type { CostSettings } from './rules.ts';

/** What of a jobs.query body says what is read; the rest says how to run and answer. */
const meaning = [
  'connectionProperties',
  'defaultDataset',
  'destinationEncryptionConfiguration',
  'parameterMode',
  'preserveNulls',
  'query',
  'queryParameters',
  'useLegacySql',
];

/** The dry run of a query as a call of its own: by jobs.insert, whose answer also names tables and kind. */
export function dryRunOf(call: Call): Call | undefined {
  const request = queryRequest(call);
  if (request === undefined) return undefined;
  const { maximumBytesBilled: _limit, ...settings } = request.settings;
  const kept = call.operation === 'jobs.query' ? only(settings, meaning) : settings;
  const location = locationOf(call);
  return fromHttpRequest({
    method: 'POST',
    url: `/bigquery/v2/projects/${encodeURIComponent(call.project)}/jobs`,
    body: {
      configuration: { dryRun: true, query: { ...kept, useQueryCache: false } },
      ...(location !== undefined && { jobReference: { projectId: call.project, location } }),
    },
  });
}

function locationOf({ operation, body }: Call): string | undefined {
  const reference = body?.['jobReference'];
  const holder = operation === 'jobs.query' ? body : isJsonObject(reference) ? reference : undefined;
  const location = holder?.['location'];
  return typeof location === 'string' && location !== '' ? location : undefined;
}

function only(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}

/** Kinds whose cost nobody knows before they end. */
const openKinds = new Set(['SCRIPT', 'CALL']);

/** Reads the answer to a dry run; `undefined` when it states no size. */
export function costIn(body: Json, settings: CostSettings): Cost | undefined {
  const statistics = objectAt(body, 'statistics');
  const query = objectAt(statistics, 'query');
  const bytes = sizeOf(query['totalBytesProcessed'] ?? statistics['totalBytesProcessed']);
  const referencedTables = tablesIn(query['referencedTables']);
  if (bytes === undefined || referencedTables === undefined) return undefined;
  const statementType = textOf(query['statementType']);
  const accuracy = textOf(query['totalBytesProcessedAccuracy']) ?? 'PRECISE';
  const undeclared = query['undeclaredQueryParameters'];
  return {
    bytes,
    billedBytes: mostBilled(bytes, referencedTables.length),
    price: priceOf(mostBilled(bytes, referencedTables.length), settings),
    referencedTables,
    statementType,
    undeclaredParameters: Array.isArray(undeclared) ? undeclared : [],
    bounded: ['PRECISE', 'UPPER_BOUND'].includes(accuracy) && !openKinds.has(statementType ?? ''),
  };
}

function tablesIn(list: Json | undefined): readonly ObjectName[] | undefined {
  if (list === undefined) return [];
  if (!Array.isArray(list)) return undefined;
  const names = list.map((entry: Json) => {
    const { projectId, datasetId, tableId } = isJsonObject(entry) ? entry : {};
    if (typeof projectId !== 'string' || typeof datasetId !== 'string') return undefined;
    if (typeof tableId !== 'string') return undefined;
    return { project: projectId, dataset: datasetId, name: withoutDecorator(tableId) };
  });
  const known = names.filter((name) => name !== undefined);
  return known.length === names.length ? known : undefined;
}

function objectAt(value: Json, name: string): JsonObject {
  const member = isJsonObject(value) ? value[name] : undefined;
  return isJsonObject(member) ? member : {};
}

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
