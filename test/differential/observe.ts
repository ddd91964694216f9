import type { BigQuery } from '@google-cloud/bigquery';
import type { FakeServer, WireRequest } from './fake-server.ts';
import type { Recipe } from './recipes.ts';

/** What one recipe showed to its user and sent over the wire. */
export interface Observation {
  readonly outcome: unknown;
  readonly traffic: readonly unknown[];
}

/** What a guard adds to the traffic on purpose, as `docs/wire.md` lists it. */
export interface Additions {
  /** Requests of the guard's own: dry runs, catalog reads. */
  readonly isOwn?: (request: WireRequest) => boolean;
  /** Takes additions out of a request that was asked for: labels, rewritten SQL. */
  readonly withoutAdditions?: (request: WireRequest) => WireRequest;
}

/** Runs a recipe with one client, and tells all that can be seen of it. */
export async function observe(
  server: FakeServer,
  client: BigQuery,
  recipe: Recipe,
  { isOwn = () => false, withoutAdditions = (request) => request }: Additions = {},
): Promise<Observation> {
  server.take();
  const outcome = await settle(recipe, client, server.url);
  const requests = server.take().filter((request) => !isOwn(request));
  return { outcome, traffic: requests.map((request) => comparable(withoutAdditions(request))) };
}

async function settle(recipe: Recipe, client: BigQuery, url: string): Promise<unknown> {
  try {
    return { value: describe(withoutUnread(await recipe(client, url))) };
  } catch (error) {
    return { thrown: describe(error) };
  }
}

const random = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Ids that the client makes at random, and nothing else, may differ. */
function comparable({ method, url, headers, body }: WireRequest): unknown {
  const request = { method, url, headers, body };
  return JSON.parse(JSON.stringify(request).replaceAll(random, '<random id>'));
}

/** Objects of the client as what a user sees of them: class, id, metadata, or value. */
function describe(value: unknown, depth = 0): unknown {
  if (depth > 12) return '…';
  if (typeof value === 'string') return value.replaceAll(random, '<random id>');
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  if (Array.isArray(value)) return value.map((item) => describe(item, depth + 1));
  const name = isResponse(value) ? 'response' : (value.constructor?.name ?? 'Object');
  return { class: name, ...members(value, name, depth) };
}

/** The bodies of responses: version 8 leaves that of a failed request as text, version 9 an empty one as a stream. */
function memberOf(value: object, name: string, key: string): unknown {
  const member: unknown = Reflect.get(value, key);
  if (name !== 'response' || key !== 'body') return member;
  if (member === value) return '';
  return typeof member === 'string' && member.startsWith('{') ? JSON.parse(member) : member;
}

/** Version 9 hands out the unread stream of an empty answer as what the answer says. */
function withoutUnread(value: unknown): unknown {
  if (!Array.isArray(value) || !isUnread(value[0])) return value;
  return [undefined, ...value.slice(1)];
}

function isUnread(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Reflect.get(value, 'body') === value;
}

/** With the official client it is a stream that has ended, with these members put on it. */
function isResponse(value: object): boolean {
  return 'statusCode' in value && 'toJSON' in value;
}

const shown: Readonly<Record<string, readonly string[]>> = {
  ApiError: ['name', 'code', 'message', 'errors', 'response'],
  PartialFailureError: ['name', 'message', 'errors', 'response'],
  Error: ['name', 'code', 'message'],
  TypeError: ['name', 'message'],
  response: ['statusCode', 'statusMessage', 'headers', 'body'],
  BigQuery: ['projectId', 'location', 'apiEndpoint'],
  Dataset: ['id', 'metadata', 'projectId', 'location'],
  Table: ['id', 'metadata', 'location'],
  Job: ['id', 'metadata', 'location', 'projectId'],
  Model: ['id', 'metadata'],
  Routine: ['id', 'metadata'],
};

function members(value: object, name: string, depth: number): object {
  const names = shown[name] ?? Object.keys(value);
  const pairs = names.map((key): [string, unknown] => [key, describe(memberOf(value, name, key), depth + 1)]);
  return Object.fromEntries(pairs.filter(([key]) => key !== 'date'));
}
