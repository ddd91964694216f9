import { deniedError } from '../call/denied.ts';
import { GoogleError } from '../call/google-error.ts';
import { isJsonObject } from '../call/json.ts';
import { carryGuardError, isGuardError } from '../errors.ts';
import type { Json, JsonObject } from '../call/json.ts';
import type { Result } from '../call/result.ts';
import type { GuardError } from '../errors.ts';
import type { WireAnswer } from '../transport/official.ts';
import type { OfficialModule } from './official.ts';
import { responseOf, withBody } from './response.ts';

/** What came from the wire for a result or an error, so that an untouched one goes on as it came. */
export type WireMemory = WeakMap<object, WireAnswer>;

/** Makes of a result what the official client's callbacks expect. */
export function answerResult(result: Result, memory: WireMemory): WireAnswer {
  const wire = memory.get(result);
  if (wire === undefined) {
    const body = ownBody(result.body);
    return { error: null, body, response: responseOf(result.status, body, result.headers) };
  }
  // An empty answer has no body, or an unread stream where the client did not look for one.
  if (result.body === '') return { ...wire, error: null };
  return { error: null, body: result.body, response: withBody(wire.response, result.body) };
}

/** The official client deletes the rows from an answer once it has read them; a middleware may still hold it. */
function ownBody(body: Json): Json | undefined {
  if (body === '') return undefined;
  return isJsonObject(body) ? { ...body } : body;
}

/** Makes of whatever stopped a call what the official client's callbacks expect of a failed request. */
export function answerError(failure: unknown, memory: WireMemory, module: OfficialModule): WireAnswer {
  if (isGuardError(failure)) return denial(failure.guard, module);
  const wire = typeof failure === 'object' && failure !== null ? memory.get(failure) : undefined;
  if (wire !== undefined) return wire;
  if (failure instanceof GoogleError) return errorAnswer(failure.code, failure.body, module);
  return { error: failure, body: undefined, response: undefined };
}

function denial(guard: GuardError, module: OfficialModule): WireAnswer {
  const { code, body } = deniedError(guard);
  const answer = errorAnswer(code, body, module);
  return { ...answer, error: carryGuardError(answer.error, guard) };
}

interface ErrorAnswer extends WireAnswer {
  readonly error: Error;
}

/** As the official client does it: the error of the answer's body, then the whole response on top. */
function errorAnswer(status: number, body: JsonObject, { common }: OfficialModule): ErrorAnswer {
  const response = responseOf(status, body, { 'content-type': 'application/json; charset=UTF-8' });
  const error: Error = Reflect.construct(common.util.ApiError, [body['error']]);
  return { error: Object.assign(error, { response }), body, response };
}
