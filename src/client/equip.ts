import { keepQueryOptions } from './fast-path.ts';
import { defineHidden, wrapInherited, wrapOwn } from './hidden.ts';
import { surfaceInsertErrors } from './insert-stream.ts';
import { keepReadScope, keepWriteScope } from './stream-scope.ts';

const clientStreams = ['createQueryStream', 'getDatasetsStream', 'getJobsStream'];
const datasetStreams = ['getModelsStream', 'getRoutinesStream', 'getTablesStream'];

/** Mends what a client's methods do; for the prototype of the guarded class, or for one client. */
export function equipMethods(target: object): void {
  defineHidden(target, 'toJSON', describeClient);
  keepQueryOptions(target);
  wrapInherited(target, 'dataset', (make) => equipDataset(make()));
  wrapInherited(target, 'job', (make) => equipJob(make()));
}

/** The official client makes these anew for every client. */
export function equipStreams(client: object): void {
  for (const name of clientStreams) wrapOwn(client, name, (make) => keepReadScope(make()));
}

/**
 * Jobs, tables and query results lead to their client, and a client to its access token and private key:
 * `JSON.stringify` would print them.
 */
function describeClient(this: object): object {
  const names = ['projectId', 'location', 'apiEndpoint', 'universeDomain'];
  return Object.fromEntries(names.map((name): [string, unknown] => [name, Reflect.get(this, name)]));
}

function equipDataset(dataset: unknown): unknown {
  if (!isObject(dataset)) return dataset;
  for (const name of datasetStreams) wrapOwn(dataset, name, (make) => keepReadScope(make()));
  wrapInherited(dataset, 'table', (make) => equipTable(make()));
  return dataset;
}

function equipJob(job: unknown): unknown {
  if (isObject(job)) wrapOwn(job, 'getQueryResultsStream', (make) => keepReadScope(make()));
  return job;
}

function equipTable(table: unknown): unknown {
  if (!isObject(table)) return table;
  wrapOwn(table, 'createReadStream', (make) => keepReadScope(make()));
  wrapInherited(table, 'createWriteStream', (make) => keepWriteScope(make()));
  wrapInherited(table, 'createInsertStream', (make) => {
    const stream = keepWriteScope(make());
    surfaceInsertErrors(table, stream);
    return stream;
  });
  return table;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
