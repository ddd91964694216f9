import type { Call } from './call.ts';
import type { Context } from './context.ts';
import type { Result } from './result.ts';

/**
 * Whose request it is: the caller's, under the account that it runs under, or the guard's own, which needs to know more than
 * the caller may, e.g. of tables beneath a view.
 */
export type UpstreamAs = 'caller' | 'guard';

/** Sends a call under a service account; `undefined`: the guard's own. */
export type Send = (call: Call, context: Context, account: string | undefined) => Promise<Result>;
