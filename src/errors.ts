const errorCodes = [
  'ERR_CONFIG',
  'ERR_SQL_SYNTAX',
  'ERR_SQL_UNPROVEN',
  'ERR_POLICY_DENIED',
  'ERR_LIMIT_EXCEEDED',
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

const brand: unique symbol = Symbol.for('bigquery-guard.error');

/** Why a call was stopped: the rule or option that decided, and what it says. */
export interface Reason {
  /** The name of the rule, option or limit that decided. */
  readonly rule: string;
  readonly message: string;
}

export interface GuardErrorOptions {
  readonly callId?: string | undefined;
  readonly reasons?: readonly Reason[] | undefined;
  readonly cause?: unknown;
}

/**
 * Everything that the guard itself throws. Recognise it by `isGuardError`, never by `instanceof`: two copies
 * of this package may be loaded. The message carries no row values, secrets or hidden names.
 */
export class GuardError extends Error {
  readonly code: ErrorCode;
  readonly callId: string | undefined;
  readonly reasons: readonly Reason[];

  constructor(code: ErrorCode, message: string, options: GuardErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GuardError';
    this.code = code;
    this.callId = options.callId;
    this.reasons = options.reasons ?? [];
    Object.defineProperty(this, brand, { value: true });
  }
}

export function isGuardError(value: unknown): value is GuardError {
  return typeof value === 'object' && value !== null && brand in value;
}
