import type { Call } from '../call/call.ts';
import { GuardError } from '../errors.ts';

/** What an answer may take beyond the time that the call itself allows, in milliseconds. */
export const defaultAnswerWithin = 60_000;

/** BigQuery answers these after `timeoutMs` at the latest, with or without a result. */
const waiting: Readonly<Record<string, (call: Call) => unknown>> = {
  'jobs.query': ({ body }) => body?.['timeoutMs'],
  'jobs.getQueryResults': ({ query }) => query['timeoutMs'],
};

const defaultTimeoutMs = 10_000;

/** After how many milliseconds a missing answer is a fault; `undefined` for uploads, whose length decides. */
export function answerLimit(call: Call, within: number): number | undefined {
  if (call.upload !== undefined || within === 0) return undefined;
  const asked = waiting[call.operation]?.(call);
  if (waiting[call.operation] === undefined) return within;
  const timeoutMs = asked === undefined || asked === null || asked === '' ? defaultTimeoutMs : Number(asked);
  return within + (timeoutMs >= 0 ? timeoutMs : defaultTimeoutMs);
}

export function unanswered({ id }: Call, limit: number): GuardError {
  return new GuardError(
    'ERR_REMOTE_UNAVAILABLE',
    `BigQuery gave no answer within ${limit / 1000} s (answerWithin), so the guard stopped waiting. The call was not sent again and may have run: look for its job before you send it anew.`,
    { callId: id, reasons: [{ rule: 'answerWithin', message: 'BigQuery did not answer in time' }] },
  );
}
