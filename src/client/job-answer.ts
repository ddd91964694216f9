import { isJsonObject } from '../call/json.ts';
import { GuardError } from '../errors.ts';
import type { Call } from '../call/call.ts';
import type { JsonObject } from '../call/json.ts';
import type { Result } from '../call/result.ts';
import type { WireMemory } from './answer.ts';

/**
 * The official client ends the process when an answer to jobs.query names neither job nor query. A complete
 * answer – from a middleware that keeps results, say – needs no job, so the id of the call stands in for one.
 */
export function completeAnswer(call: Call, result: Result, memory: WireMemory): Result {
  const { body } = result;
  if (call.operation !== 'jobs.query' || !isJsonObject(body) || isNamed(body)) return result;
  if (body['jobComplete'] !== true || body['pageToken'] !== undefined) throw nameless(call);
  const completed = { ...result, body: { ...body, queryId: call.id } };
  const wire = memory.get(result);
  if (wire !== undefined) memory.set(completed, wire);
  return completed;
}

function isNamed({ jobReference, queryId }: JsonObject): boolean {
  if (isJsonObject(jobReference)) return typeof jobReference['jobId'] === 'string';
  return typeof queryId === 'string' && queryId !== '';
}

function nameless(call: Call): GuardError {
  return new GuardError(
    'ERR_REMOTE_PROTOCOL',
    'The answer to jobs.query names neither a job nor a query, so its rows cannot be fetched.',
    { callId: call.id, reasons: [{ rule: 'client', message: 'The answer names no job.' }] },
  );
}
