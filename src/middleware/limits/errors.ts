import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { passOn } from '../../call/google-error.ts';
import { isError, isGoogleError } from '../../call/guard-rails.ts';
import { GuardError, isGuardError, type GuardErrorOptions } from '../../errors.ts';
import { namesOnlyKnown } from './known-names.ts';

/** What must be known before the call may run cannot be found out, so it does not run. */
export function unavailable(call: Call, rule: string, why: string, cause?: unknown): GuardError {
  return new GuardError(
    'ERR_COST_UNAVAILABLE',
    `The call was not sent, since ${why}. Try again later; if it stays, ask whoever runs the guard.`,
    { callId: call.id, reasons: [{ rule, message: why }], cause },
  );
}

export function exceeded(
  call: Call,
  rule: string,
  message: string,
  more: Pick<GuardErrorOptions, 'cause' | 'retryable'> = {},
): GuardError {
  return new GuardError('ERR_LIMIT_EXCEEDED', message, {
    callId: call.id,
    reasons: [{ rule, message }],
    ...more,
  });
}

/**
 * A query that BigQuery would refuse: its own error, as the query itself would have had it, unless it names something
 * that the caller did not.
 */
export function dryRunRefused(error: unknown, call: Call, context: Context): unknown {
  if (isGuardError(error) || context.signal.aborted) return error;
  if (!isError(error) || !isRefusal(error)) {
    return unavailable(call, 'dry-run', 'BigQuery did not answer the dry run that tells its cost', error);
  }
  if (namesOnlyKnown(error.message, call)) return passOn(error);
  const place = /\[\d{1,9}:\d{1,9}\]/.exec(error.message)?.[0];
  return new GuardError(
    'ERR_SQL_UNPROVEN',
    `BigQuery refuses this query${place === undefined ? '' : ` at ${place}`}. Its message names things that the query does not name, and is kept back; it is with whoever runs the guard.`,
    {
      callId: call.id,
      reasons: [{ rule: 'dry-run', message: 'BigQuery refuses the query' }],
      cause: error,
    },
  );
}

const passing = new Set(['rateLimitExceeded', 'quotaExceeded', 'backendError', 'internalError']);

/** The query is at fault, and will be the next time as well. */
function isRefusal(error: Error): boolean {
  if (!isGoogleError(error) || !('code' in error) || !('errors' in error)) return false;
  const { code, errors } = error;
  if (code !== 400 && code !== 403 && code !== 404) return false;
  return !reasonsIn(errors).some((reason) => passing.has(reason));
}

/** The reasons in the `errors` of a Google error. */
export function reasonsIn(errors: unknown): readonly string[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'reason' in item && typeof item.reason === 'string'
      ? [item.reason]
      : [],
  );
}
