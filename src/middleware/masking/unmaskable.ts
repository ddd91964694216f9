import type { Call } from '../../call/call.ts';
import { GuardError } from '../../errors.ts';

export function unmaskable(call: Call, why: string, cause?: unknown): GuardError {
  return new GuardError(
    'ERR_SQL_UNPROVEN',
    `Columns of this call are masked for you, and it cannot run that way: ${why.replace(/\.$/, '')}. Name the columns that you need in a plain SELECT over the table.`,
    { callId: call.id, reasons: [{ rule: 'masking', message: why }], cause },
  );
}
