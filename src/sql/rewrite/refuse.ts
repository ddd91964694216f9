import { GuardError } from '../../errors.ts';

/** A text that cannot be rewritten without doubt is not rewritten. */
export function refuse(message: string, cause?: unknown): never {
  throw new GuardError('ERR_SQL_UNPROVEN', message, { reasons: [{ rule: 'masking', message }], cause });
}
