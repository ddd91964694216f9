import type { ErrorCode, GuardError, Instead, Reason } from '../errors.ts';
import type { JsonObject } from './json.ts';

/** One entry of the `errors` list in Google's error body. */
export interface DeniedItem {
  readonly message: string;
  readonly domain: 'global';
  readonly reason: 'accessDenied';
}

/** A refusal of the guard in the shape of Google's own. Plain data: the client makes an `ApiError` of it. */
export interface Denied {
  readonly code: 403;
  readonly message: string;
  readonly errors: readonly [DeniedItem];
  readonly guard: {
    readonly code: ErrorCode;
    readonly callId: string | undefined;
    readonly reasons: readonly Reason[];
    readonly instead: Instead | undefined;
    readonly retryable: boolean;
  };
  /** The JSON body of the HTTP answer. */
  readonly body: JsonObject;
}

/**
 * Whatever stopped the call, the answer is 403 with reason `accessDenied`. A 404 or 409 would make the official
 * client create what it believes missing or report success, and 429 or 5xx would make it try again.
 */
export function deniedError(error: GuardError): Denied {
  const { message, callId, code, instead, retryable } = error;
  const reasons = error.reasons.map((reason) => ({ rule: reason.rule, message: reason.message }));
  const item: DeniedItem = { message, domain: 'global', reason: 'accessDenied' };
  const body = {
    error: {
      code: 403,
      message,
      status: 'PERMISSION_DENIED',
      errors: [{ ...item }],
      details: details(error),
    },
  };
  return { code: 403, message, errors: [item], guard: { code, callId, reasons, instead, retryable }, body };
}

/** google.rpc.ErrorInfo carries our code; clients of other languages read it from there. */
function details({ code, callId, reasons, instead, retryable }: GuardError): readonly JsonObject[] {
  const metadata = { ...(callId !== undefined && { callId }), retryable: String(retryable) };
  const information = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: code,
    domain: 'bigquery-guard',
    metadata,
  };
  return [
    information,
    ...reasons.map(({ rule, message }) => ({ '@type': 'bigquery-guard/reason', rule, message })),
    ...(instead === undefined ? [] : [{ '@type': 'bigquery-guard/instead', ...insteadBody(instead) }]),
  ];
}

function insteadBody({ columns, lessData, partitionFilter }: Instead): JsonObject {
  return {
    ...(columns !== undefined && { columns: [...columns] }),
    ...(lessData !== undefined && { lessData }),
    ...(partitionFilter !== undefined && { partitionFilter: [...partitionFilter] }),
  };
}
