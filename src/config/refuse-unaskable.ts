import { GuardError } from '../errors.ts';
import type { GuardFile } from './guard-file.ts';

/** A rule that asks people who cannot be reached would hold every call that it meets. */
export function refuseUnaskable(file: GuardFile): void {
  const asking = file.rules.find((rule) => rule.effect === 'require-approval');
  if (asking === undefined || file.approval !== undefined) return;
  throw new GuardError(
    'ERR_CONFIG',
    `Rule ${asking.name} requires an approval, but the file has no approval section that says how to ask.`,
  );
}
