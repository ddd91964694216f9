import type { Call } from '../../call/call.ts';
import { isJsonObject, type JsonObject } from '../../call/json.ts';
import { fromHttpRequest } from '../../call/normalise.ts';
import { operations, type Operation } from '../../call/operations.ts';
import { rehearsedCall } from '../../middleware/rehearsal/rehearsed-call.ts';

/** The call that a `call.started` event tells of, or why it cannot be made again. */
export function recordedCall(started: JsonObject): { readonly call: Call } | { readonly why: string } {
  const { operation: name, project, sql, followUp } = started;
  if (followUp === true) return { why: 'polls and pages follow the decision for their job' };
  if (typeof project !== 'string') return { why: 'the record names no project' };
  if (isJsonObject(sql)) return query(sql, started, project);
  const operation = [...operations.values()].find((each) => each.name === name);
  if (operation === undefined) return { why: 'the method was not known' };
  if (name === 'jobs.insert') return { why: 'the tables of load, copy and extract jobs are not recorded' };
  return request(operation, started, project);
}

function query(
  { text, truncated }: JsonObject,
  { defaultDataset, destination }: JsonObject,
  project: string,
): ReturnType<typeof recordedCall> {
  if (typeof text !== 'string') return { why: 'the SQL is recorded as a hash only' };
  if (truncated === true) return { why: 'the SQL is recorded in part only' };
  return {
    call: rehearsedCall(
      { sql: text, dataset: textIn(defaultDataset), destination: textIn(destination) },
      project,
    ),
  };
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The path says what the call is about; of the body only what it creates is known. */
function request(
  operation: Operation,
  { ids, class: recordedClass }: JsonObject,
  project: string,
): ReturnType<typeof recordedCall> {
  const known = isJsonObject(ids) ? ids : {};
  const parts = operation.parts.map((part) => {
    if (part.kind === 'word') return part.word;
    const id = known[part.id];
    return `${encodeURIComponent(typeof id === 'string' ? id : '')}${part.suffix}`;
  });
  const { reference, creates } = operation;
  const call = fromHttpRequest({
    method: operation.method,
    url: `/bigquery/v2/${parts.join('/')}`,
    projectId: project,
    ...(reference !== undefined && creates !== undefined && { body: { [reference]: known } }),
  });
  const isSame = call.operation === operation.name && call.flaw === undefined && call.class === recordedClass;
  return isSame ? { call } : { why: 'the body of the request is not recorded' };
}
