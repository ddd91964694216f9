import { isJsonObject, type JsonObject, readJson } from '../../../call/json.ts';
import { checkOutgoingUrl, type OutgoingOptions } from '../outgoing-url.ts';
import { reach } from '../reach.ts';
import { attemptRequest, failed, type AttemptFailure } from './attempts.ts';

const whose = 'Slack';

/** Errors of Slack that pass by themselves; all others need somebody to change something. */
const passing = new Set([
  'ratelimited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
]);

export type SlackAnswer =
  | { readonly kind: 'ok'; readonly body: JsonObject }
  | ({ readonly kind: 'failed' } & AttemptFailure);

/** One method of Slack's Web API. */
export type SlackApi = (method: string, body: JsonObject, signal: AbortSignal) => Promise<SlackAnswer>;

export function slackApi(token: string, base: string, options: OutgoingOptions, now: () => Date): SlackApi {
  const root = checkOutgoingUrl(base, options, whose);
  return async (method, body, signal) => {
    const url = new URL(method, root);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' };
    const request = { method: 'POST', headers, body: JSON.stringify(body), signal } as const;
    const answer = await attemptRequest(
      async () => reach(url, request, options, whose),
      whose,
      signal,
      now(),
    );
    if ('message' in answer) return { kind: 'failed', ...answer };
    const told = readJson(answer.body);
    if (!isJsonObject(told)) return { kind: 'failed', ...failed('answered no JSON', whose) };
    if (told['ok'] === true) return { kind: 'ok', body: told };
    const error = typeof told['error'] === 'string' ? told['error'].slice(0, 80) : 'unknown';
    return { kind: 'failed', ...failed(`answered ${error}`, whose, !passing.has(error)) };
  };
}
