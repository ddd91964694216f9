import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { isJsonObject, type JsonObject } from '../../call/json.ts';
import { approvedKey } from '../approval/approved.ts';
import { sha256 } from './canonical.ts';

/**
 * Puts the ids of the call on the job that it starts, so that BigQuery can be asked for it after a crash, and its own
 * audit log joins with the record: labels, the idempotency key of reads, and a name for a job that has none.
 */
export function identified(call: Call, context: Context, id: string): Call {
  const { body } = call;
  if (body === undefined) return call;
  if (call.operation === 'jobs.query') return { ...call, body: identifiedQuery(call, body, context, id) };
  if (call.operation !== 'jobs.insert') return call;
  const configuration = isJsonObject(body['configuration']) ? body['configuration'] : {};
  if (configuration['dryRun'] === true) return call;
  const labels = labelsOf(configuration['labels'], call, context);
  return {
    ...call,
    body: { ...body, configuration: { ...configuration, labels }, jobReference: referenceOf(call, body, id) },
  };
}

function identifiedQuery(call: Call, body: JsonObject, context: Context, id: string): JsonObject {
  if (body['dryRun'] === true) return body;
  return { ...body, requestId: id, labels: labelsOf(body['labels'], call, context) };
}

/** Of the caller's labels, those that are ours by name count for nothing. */
function labelsOf(given: unknown, call: Call, context: Context): JsonObject {
  const session = context.session?.id;
  const approval = context.get(approvedKey)?.id;
  return {
    ...(isJsonObject(given) ? Object.fromEntries(Object.entries(given).filter(isForeign)) : {}),
    guard_call: call.id,
    ...(session !== undefined && { guard_session: labelText(session) }),
    ...(approval !== undefined && { guard_approval: labelText(approval) }),
  };
}

const isForeign = ([name]: readonly [string, unknown]): boolean => !name.startsWith('guard_');

/** Values of labels have 63 small letters, digits, `_` and `-` at most; of others the beginning of their SHA-256 is taken. */
function labelText(id: string): string {
  return /^[a-z0-9_-]{1,63}$/.test(id) ? id : sha256(id).slice(0, 40);
}

function referenceOf(call: Call, body: JsonObject, id: string): JsonObject {
  const given = isJsonObject(body['jobReference']) ? body['jobReference'] : {};
  return typeof given['jobId'] === 'string'
    ? given
    : { projectId: call.project, ...given, jobId: `guard_${id}` };
}
