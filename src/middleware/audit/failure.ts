import { isError, isGoogleError, isGuardFailure } from '../../call/guard-rails.ts';
import { systemCode } from '../../call/system-code.ts';
import type { GuardFailure } from '../../errors.ts';
import type { CallFailed } from './events/call-failed.ts';

type Failure = Pick<CallFailed, 'outcome' | 'code' | 'reasons' | 'upstreamReasons'>;

/** Why a call did not succeed. Texts of errors that are not our own may hold row values and are left out. */
export function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (isGuardFailure(error)) return refusal(error);
  if (signal.aborted || named(error, 'AbortError')) return plain('cancelled', error);
  if (isGoogleError(error)) return rejection(error);
  return plain(isTimeout(error) ? 'timedOut' : 'failed', error);
}

function refusal(error: GuardFailure): Failure {
  const timedOut = error.guardCode === 'ERR_APPROVAL_EXPIRED' || named(error.cause, 'TimeoutError');
  const reasons = error.reasons.map(({ rule, message }) => ({ rule, message: message.slice(0, longest) }));
  return { outcome: timedOut ? 'timedOut' : 'refused', code: error.guardCode, reasons };
}

const longest = 2000;

function rejection(error: unknown): Failure {
  const { code, errors } = googleParts(error);
  return { outcome: 'rejected', code, reasons: [], upstreamReasons: errors };
}

function googleParts(error: unknown): { code: string; errors: string[] } {
  if (typeof error !== 'object' || error === null) return { code: 'unknown', errors: [] };
  const code = 'code' in error ? String(error.code) : 'unknown';
  const errors: readonly unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  return { code, errors: errors.map(reasonOf).filter((reason) => reason !== '') };
}

/** A word such as `notFound`; anything longer is no reason. */
function reasonOf(item: unknown): string {
  if (typeof item !== 'object' || item === null || !('reason' in item)) return '';
  return typeof item.reason === 'string' && /^\w{1,64}$/.test(item.reason) ? item.reason : '';
}

function plain(outcome: Failure['outcome'], error: unknown): Failure {
  return { outcome, code: systemCode(error) ?? nameOf(error), reasons: [] };
}

function nameOf(error: unknown): string {
  return isError(error) ? error.name : 'unknown';
}

function named(error: unknown, name: string): boolean {
  return isError(error) && error.name === name;
}

function isTimeout(error: unknown): boolean {
  const code = systemCode(error);
  return named(error, 'TimeoutError') || code === 'ETIMEDOUT' || code?.endsWith('_TIMEOUT') === true;
}
