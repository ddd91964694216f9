import type { Call, CallIds } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import { queryRequest, withQuerySettings } from '../../call/query-request.ts';
import { fullName } from '../../sql/full-name.ts';
import type { Decision } from '../policy/decision.ts';
import type { Evidence } from './evidence.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { digest } from './request-hash.ts';

/** Everything that an approval is bound to. A different byte in any of it is a different request. */
export interface RequestParts {
  readonly version: 1;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly project: string;
  readonly location: Json;
  readonly ids: CallIds;
  readonly urlParameters: Call['query'];
  readonly sql: Json;
  /** Values and types, as they will be sent. */
  readonly parameters: Json;
  readonly parameterMode: Json;
  readonly defaultDataset: Json;
  readonly destination: Json;
  readonly writeDisposition: Json;
  readonly maximumBytesBilled: Json;
  readonly labels: Json;
  /** The rest of the body, without ids that clients make up anew for each attempt. */
  readonly settings: JsonObject;
  readonly agent: JsonObject | null;
  readonly principal: string;
  /** The service account under which it runs; null for the guard's own. */
  readonly account: string | null;
  readonly delegation: readonly string[];
  readonly session: string | null;
  readonly policy: string;
  readonly masking: string;
  readonly tables: readonly { readonly name: string; readonly etag: string | null }[];
  /** SHA-256 of what the text does, through views and routines. */
  readonly facts: string | null;
}

export function requestParts(
  call: Call,
  context: Context,
  decision: Decision,
  evidence: Evidence | undefined,
): RequestParts {
  return {
    version: 1,
    operation: call.operation,
    method: call.method,
    path: call.path,
    project: call.project,
    ids: lastingIds(call),
    urlParameters: call.query,
    ...statementParts(call),
    ...callerParts(context),
    policy: decision.policyDigest,
    masking: digest(decision.effect === 'deny' ? [] : decision.masks),
    tables: (evidence?.tables ?? [])
      .map(({ name, etag }) => ({
        name: fullName(name),
        etag: etag ?? null,
      }))
      .toSorted((left, right) => (left.name < right.name ? -1 : 1)),
    facts: evidence?.facts ?? null,
  };
}

/** What an approval beyond one execution is bound to: all of it but the session, by shape also but the literals. */
export function grantKeys(parts: RequestParts, fingerprint: string | undefined): ApprovalRecord['keys'] {
  const lasting = { ...parts, session: null };
  const exact = digest({ grant: 'exact', ...lasting });
  if (fingerprint === undefined) return { exact };
  const parameters = typesOf(parts.parameters);
  return { exact, shape: digest({ grant: 'shape', ...lasting, sql: fingerprint, facts: null, parameters }) };
}

/** Parameters with their names and types, without their values. */
function typesOf(parameters: Json): Json {
  if (!Array.isArray(parameters)) return parameters;
  return parameters.map((parameter: Json) => {
    const { parameterValue: _value, ...typed } = object(parameter);
    return typed;
  });
}

/**
 * SHA-256 of what is sent of a call, apart from what is changed on the way: masks change the text, limits the bytes that
 * may be billed and the rows of a page.
 */
export function sentDigest(call: Call): string {
  const { operation, method, path, project, query } = call;
  const { maxResults: _maxResults, ...urlParameters } = query;
  const said = withQuerySettings(call, { query: null, maximumBytesBilled: null, useLegacySql: false });
  const statement = statementParts(queryRequest(call) === undefined ? call : said);
  return digest({ operation, method, path, project, ids: lastingIds(call), urlParameters, ...statement });
}

/** The id of a new job is made up anew for each attempt. */
function lastingIds({ operation, ids }: Call): CallIds {
  if (operation !== 'jobs.insert') return ids;
  const { jobId: _jobId, ...lasting } = ids;
  return lasting;
}

type StatementParts = Pick<
  RequestParts,
  | 'location'
  | 'sql'
  | 'parameters'
  | 'parameterMode'
  | 'defaultDataset'
  | 'destination'
  | 'writeDisposition'
  | 'maximumBytesBilled'
  | 'labels'
  | 'settings'
>;

/**
 * The operation alone says where the statement stands: a `configuration` in the body of `jobs.query` is one
 * more setting, not another statement to show to the approver.
 */
function statementParts({ operation, body = {} }: Call): StatementParts {
  return operation === 'jobs.insert' ? insertParts(body) : queryParts(body);
}

function queryParts(body: JsonObject): StatementParts {
  const { requestId: _requestId, labels, location, ...fields } = body;
  const { named, rest } = queryFields(fields);
  return { ...named, labels: meaningful(labels), location: location ?? null, settings: rest };
}

function insertParts(body: JsonObject): StatementParts {
  const { configuration, jobReference, ...top } = body;
  const { labels, query, ...job } = object(configuration);
  const { jobId: _jobId, projectId: _projectId, location, ...reference } = object(jobReference);
  const { named, rest } = queryFields(object(query));
  const settings = { top, job, reference, rest };
  return { ...named, labels: meaningful(labels), location: location ?? null, settings };
}

function queryFields(fields: JsonObject): {
  readonly named: Omit<StatementParts, 'labels' | 'location' | 'settings'>;
  readonly rest: JsonObject;
} {
  const { query: sql, queryParameters, parameterMode, ...settings } = fields;
  const { defaultDataset, destinationTable, writeDisposition, maximumBytesBilled, ...rest } = settings;
  const named = {
    sql: sql ?? null,
    parameters: queryParameters ?? null,
    parameterMode: parameterMode ?? null,
    defaultDataset: defaultDataset ?? null,
    destination: destinationTable ?? null,
    writeDisposition: writeDisposition ?? null,
    maximumBytesBilled: maximumBytesBilled ?? null,
  };
  return { named, rest };
}

/** Labels of our own (`guard_call`, …) differ with every attempt and change nothing that runs. */
function meaningful(labels: Json | undefined): Json {
  if (!isJsonObject(labels)) return labels ?? null;
  const given = Object.entries(labels);
  const kept = given.filter(([name]) => !name.startsWith('guard_'));
  return kept.length === 0 && given.length > 0 ? null : Object.fromEntries(kept);
}

function callerParts({
  principal,
  agent,
  session,
  account,
}: Context): Pick<RequestParts, 'agent' | 'principal' | 'account' | 'delegation' | 'session'> {
  const { name, version = null, model = null } = agent ?? { name: null };
  return {
    agent: agent === undefined ? null : { name, version, model },
    principal: principal.id,
    account: account ?? null,
    delegation: principal.delegation,
    session: session?.id ?? null,
  };
}

function object(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
