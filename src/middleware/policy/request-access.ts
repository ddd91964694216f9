import type { Call } from '../../call/call.ts';
import { withoutDecorator } from '../../call/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import { jobTypeOf } from '../../call/operations.ts';
import type { OperationClass } from '../../call/operations.ts';
import { detokenizeOperation, maskInCall } from '../masking/keys/detokenize-call.ts';
import type { ObjectName } from '../../sql/catalog.ts';
import { isInformationSchema } from '../../sql/information-schema-views.ts';
import { tablePair, type AccessObject, type AccessPair } from './access.ts';

/** What a call other than a query does, from its path and body alone. */
export function requestAccess(call: Call): readonly AccessPair[] {
  if (call.operation === 'jobs.insert') return jobAccess(call);
  if (call.operation === detokenizeOperation)
    return [
      { operation: 'detokenize', method: call.operation, object: { kind: 'tokens', mask: maskInCall(call) } },
    ];
  const pair = { operation: call.class, method: call.operation, object: objectOf(call) };
  if (pair.object.kind === 'table' && isInformationSchema({ name: pair.object.table })) {
    return [{ ...pair, operation: 'unknown' }];
  }
  return [pair, ...wider(call)];
}

/** Settings by which a table or dataset reads what nobody has judged, or has its rows elsewhere. */
const unjudged = [
  'view',
  'materializedView',
  'externalDataConfiguration',
  'biglakeConfiguration',
  'externalCatalogTableOptions',
  'externalDatasetReference',
  'externalCatalogDatasetOptions',
  'linkedDatasetSource',
] as const;

/** What goes beyond the object that is named. As with `CREATE FUNCTION`, code concerns the whole project. */
function wider(call: Call): readonly AccessPair[] {
  const { class: operation, operation: method, project, body = {} } = call;
  if (operation === 'ddl' && method.startsWith('routines.'))
    return [{ operation, method, object: { kind: 'project', project } }];
  if (operation !== 'ddl' && operation !== 'admin') return [];
  return unjudged.some((name) => body[name] !== undefined) ? [outside(call)] : [];
}

function objectOf({ operation, project, ids }: Call): AccessObject {
  const { datasetId: dataset } = ids;
  if (operation === 'datasets.list') return { kind: 'datasets', project };
  if (dataset === undefined) return { kind: 'project', project };
  const table = ids.tableId ?? ids.modelId ?? ids.routineId;
  if (table === undefined) return { kind: 'dataset', project, dataset };
  return { kind: 'table', project, dataset, table: withoutDecorator(table) };
}

/** Load, copy and extract name their tables in the configuration; whoever names none is unknown. */
function jobAccess(call: Call): readonly AccessPair[] {
  const type = jobTypeOf(call.body) ?? 'none';
  const job = settingsOf(call.body, type);
  const pairs = (operation: OperationClass, names: readonly Json[]): readonly AccessPair[] =>
    names.map((name) => {
      const table = tableName(name, call.project);
      return table === undefined
        ? { operation: 'unknown', method: call.operation, object: { kind: 'none' } }
        : tablePair(operation, call.operation, table);
    });
  switch (type) {
    case 'load':
      return [
        ...pairs('write', [job['destinationTable'] ?? null]),
        // Files in Cloud Storage are read under the guard's identity, not the caller's.
        ...(call.upload === undefined ? [outside(call)] : []),
      ];
    case 'copy':
      return [
        ...pairs('read', listOf(job['sourceTables'] ?? job['sourceTable'])),
        ...pairs('write', [job['destinationTable'] ?? null]),
      ];
    case 'extract':
      return [...pairs('export', [job['sourceTable'] ?? null])];
    default:
      return [{ operation: 'unknown', method: call.operation, object: { kind: 'none' } }];
  }
}

const outside = (call: Call): AccessPair => ({
  operation: 'admin',
  method: call.operation,
  object: { kind: 'project', project: call.project },
});

const listOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) && value.length > 0 ? value : [value ?? null];

function settingsOf(body: JsonObject | undefined, type: string): JsonObject {
  const configuration = body?.['configuration'];
  const settings = isJsonObject(configuration) ? configuration[type] : undefined;
  return isJsonObject(settings) ? settings : {};
}

/** A `TableReference` of the REST interface; a partition or snapshot decorator names the same table. */
export function tableName(reference: Json | undefined, project: string): ObjectName | undefined {
  if (!isJsonObject(reference)) return undefined;
  const { datasetId, tableId, projectId = project } = reference;
  if (typeof datasetId !== 'string' || typeof tableId !== 'string' || typeof projectId !== 'string') {
    return undefined;
  }
  return { project: projectId, dataset: datasetId, name: withoutDecorator(tableId) };
}
