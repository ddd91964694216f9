import { isJsonObject } from './json.ts';
import { isId } from './ids.ts';
import { isHttpMethod, operation } from './operation.ts';
import { datasets } from './operations/datasets.ts';
import { jobs } from './operations/jobs.ts';
import { models } from './operations/models.ts';
import { projects } from './operations/projects.ts';
import { routines } from './operations/routines.ts';
import { rowAccessPolicies } from './operations/row-access-policies.ts';
import { tabledata } from './operations/tabledata.ts';
import { tables } from './operations/tables.ts';
import type { CallIds } from './call.ts';
import type { JsonObject } from './json.ts';
import type { Operation, PathPart } from './operation.ts';
import type { OperationClass, OperationName } from './operation-class.ts';

export type { OperationClass, OperationName } from './operation-class.ts';
export type { Operation } from './operation.ts';

const all = [jobs, tabledata, tables, datasets, models, routines, rowAccessPolicies, projects].flat();

/** Every method of the BigQuery v2 REST interface by its name in the discovery document. */
export const operations: ReadonlyMap<OperationName, Operation> = new Map(
  all.map((entry) => [entry.name, entry]),
);

/** Stands for everything that is not in the table. */
export const unknownOperation: Operation = operation('unknown', 'GET /', 'unknown');

export type Endpoint = 'rest' | 'upload' | 'resumable';

/** What a request line means: the method of the interface, and the decoded ids of its path. */
export interface Route {
  readonly operation: Operation;
  readonly ids: CallIds;
  readonly endpoint: Endpoint;
}

const prefixes: readonly (readonly [string, Endpoint])[] = [
  ['/resumable/upload/bigquery/v2/', 'resumable'],
  ['/upload/bigquery/v2/', 'upload'],
  ['/bigquery/v2/', 'rest'],
  ['/', 'rest'],
];

const byShape = new Map<string, Operation[]>();
for (const entry of all) {
  const key = `${entry.method} ${entry.parts.length}`;
  byShape.set(key, [...(byShape.get(key) ?? []), entry]);
}

/**
 * Reads the path of a request as it stands on the wire: not normalised by `URL`, without query. The fixed words
 * must stand there literally; ids are decoded once. Whatever else it is – dot segments, empty segments, encoded
 * slashes, other case – is `unknown`.
 */
export function operationOf(method: string, pathname: string): Route {
  const [prefix, endpoint] = prefixes.find(([start]) => pathname.startsWith(start)) ?? ['', 'rest'];
  const segments = pathname.slice(prefix.length).split('/');
  if (prefix !== '' && isHttpMethod(method)) {
    for (const entry of byShape.get(`${method} ${segments.length}`) ?? []) {
      const ids = match(entry.parts, segments);
      if (ids !== undefined && (endpoint === 'rest' || entry.upload))
        return { operation: entry, ids, endpoint };
    }
  }
  return { operation: unknownOperation, ids: {}, endpoint };
}

function match(parts: readonly PathPart[], segments: readonly string[]): CallIds | undefined {
  const ids: [string, string][] = [];
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (part.kind === 'word') {
      if (segment !== part.word) return undefined;
      continue;
    }
    const id = readId(part, segment);
    if (id === undefined) return undefined;
    ids.push([part.id, id]);
  }
  return Object.fromEntries(ids);
}

function readId(part: PathPart & { readonly kind: 'id' }, segment: string): string | undefined {
  if (!segment.endsWith(part.suffix)) return undefined;
  const id = decode(segment.slice(0, segment.length - part.suffix.length));
  return id !== undefined && isId(part.id, id) ? id : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const jobClasses = new Map<string, OperationClass>([
  ['query', 'read'],
  ['load', 'write'],
  ['copy', 'write'],
  ['extract', 'export'],
]);

/**
 * The class of a call. A job is classed by what it does, a query of either method by its SQL later on; a
 * dataset whose access list changes is administration.
 */
export function classOf(entry: Operation, body: JsonObject | undefined): OperationClass {
  if (entry.name === 'jobs.insert') return jobClasses.get(jobTypeOf(body) ?? '') ?? 'unknown';
  const changesAccess = entry.name.startsWith('datasets.') && body?.['access'] !== undefined;
  return changesAccess ? 'admin' : entry.class;
}

/** The one thing a job does; undefined when it says none, several, or contradicts its `jobType`. */
export function jobTypeOf(body: JsonObject | undefined): string | undefined {
  const configuration = body?.['configuration'];
  if (!isJsonObject(configuration)) return undefined;
  const named = [...jobClasses.keys()].filter((type) => configuration[type] !== undefined);
  const type = named.length === 1 ? named[0] : undefined;
  const declared = configuration['jobType'];
  return declared === undefined || declared === type?.toUpperCase() ? type : undefined;
}
