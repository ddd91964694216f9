const errorCodes = [
  'ERR_CONFIG',
  'ERR_SQL_SYNTAX',
  'ERR_SQL_UNPROVEN',
  'ERR_POLICY_DENIED',
  'ERR_LIMIT_EXCEEDED',
  'ERR_COST_UNAVAILABLE',
  'ERR_STORE_UNAVAILABLE',
  'ERR_IDENTITY_UNAVAILABLE',
  'ERR_APPROVAL_PENDING',
  'ERR_APPROVAL_REJECTED',
  'ERR_APPROVAL_EXPIRED',
  'ERR_AUDIT_UNAVAILABLE',
  'ERR_REMOTE_UNAVAILABLE',
  'ERR_REMOTE_UNAUTHORIZED',
  'ERR_REMOTE_PROTOCOL',
  'ERR_MIDDLEWARE',
  'ERR_INTERNAL',
] as const;

/** Stable codes of everything this package throws. Each is documented in `docs/errors.md`. */
export type ErrorCode = (typeof errorCodes)[number];

export function isErrorCode(value: unknown): value is ErrorCode {
  return errorCodes.some((code) => code === value);
}

/** What stands in the way passes by itself, or by what people do; in all of these cases the call has not run. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'ERR_COST_UNAVAILABLE',
  'ERR_STORE_UNAVAILABLE',
  'ERR_APPROVAL_PENDING',
  'ERR_APPROVAL_EXPIRED',
]);

const brand: unique symbol = Symbol.for('bigquery-guard.error');

/** Why a call was stopped: the rule or option that decided, and what it says. */
export interface Reason {
  /** The name of the rule, option or limit that decided. */
  readonly rule: string;
  readonly message: string;
}

/** What a refused call could ask for instead, and would get. It names nothing that the call would not get. */
export interface Instead {
  /** With only these columns the call would be allowed: `shop.customers.id`. */
  readonly columns?: readonly string[] | undefined;
  /** The call would be allowed if it read less. */
  readonly lessData?: true | undefined;
  /** Columns to filter on, so that it reads less: `shop.orders.day`. */
  readonly partitionFilter?: readonly string[] | undefined;
}

export interface GuardErrorOptions {
  readonly callId?: string | undefined;
  readonly reasons?: readonly Reason[] | undefined;
  readonly instead?: Instead | undefined;
  /** By default what the code says. */
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown;
}

/**
 * A refusal of the guard in either of its forms: the `GuardError` itself, or the official client's `ApiError` that
 * carries it. There `code` is the HTTP status 403, so read `guardCode`, which both have.
 */
export interface GuardFailure extends Error {
  readonly code: ErrorCode | 403;
  readonly guardCode: ErrorCode;
  readonly callId: string | undefined;
  readonly reasons: readonly Reason[];
  readonly instead: Instead | undefined;
  /** Whether the same call, sent again unchanged, may pass. It has not run. */
  readonly retryable: boolean;
  readonly guard: GuardError;
}

/**
 * Everything that the guard itself throws. Recognise it by `isGuardError`, never by `instanceof`: two copies
 * of this package may be loaded. The message carries no row values, secrets or hidden names.
 */
export class GuardError extends Error implements GuardFailure {
  readonly code: ErrorCode;
  readonly callId: string | undefined;
  readonly reasons: readonly Reason[];
  readonly instead: Instead | undefined;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: GuardErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GuardError';
    this.code = code;
    this.callId = options.callId;
    this.reasons = options.reasons ?? [];
    this.instead = options.instead;
    this.retryable = options.retryable ?? passing.has(code);
    Object.defineProperty(this, brand, { value: true });
  }

  get guardCode(): ErrorCode {
    return this.code;
  }

  get guard(): GuardError {
    return this;
  }
}

/**
 * Whether the guard refused, in either form:
 * `if (isGuardError(error) && error.guardCode === 'ERR_POLICY_DENIED') …`
 */
export function isGuardError(value: unknown): value is GuardFailure {
  return typeof value === 'object' && value !== null && brand in value;
}

/** Makes an error of the official client carry the refusal that it stands for. */
export function carryGuardError<Carrier extends Error>(
  error: Carrier,
  guard: GuardError,
): Carrier & GuardFailure {
  const { code: guardCode, callId, reasons, instead, retryable } = guard;
  const said = { code: 403 as const, guardCode, callId, reasons, instead, retryable, guard };
  const carrier = Object.assign(error, said);
  // Hidden from JSON and from `console.log`: the cause behind it may hold row values.
  Object.defineProperty(carrier, 'guard', { enumerable: false });
  return Object.defineProperty(carrier, brand, { value: true });
}
