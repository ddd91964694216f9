import { systemCode } from '../../call/system-code.ts';
import { GuardError } from '../../errors.ts';

/** The record cannot be written. The cause stays out of the message: it names paths. */
export function unavailable(deed: string, cause?: unknown): GuardError {
  const code = systemCode(cause);
  const why = code === undefined ? deed : `${deed} (${code})`;
  return new GuardError(
    'ERR_AUDIT_UNAVAILABLE',
    `The audit record is unavailable: ${why}. Without a record no call is made. Whoever runs the guard must repair it; then try again.`,
    { cause, reasons: [{ rule: 'audit', message: why }] },
  );
}
