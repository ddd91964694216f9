import { contextKey, type ContextKey } from './context.ts';

/** True when the call runs upstream under the principal's own account, and not under the guard's. */
export const runsAsPrincipal: ContextKey<boolean> = contextKey<boolean>('runs as principal', false);
