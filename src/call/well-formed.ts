import { refusal, unknownFlaw } from './rebuild.ts';
import { unknownOperation } from './operations.ts';
import type { Middleware } from './middleware.ts';

/**
 * Refuses what cannot be sent before anyone judges it: methods that are not in the table, and calls with a flaw.
 * It stands behind the audit, so that the refusal is recorded; the transport refuses the same once more.
 */
export function wellFormed(): Middleware {
  return {
    name: 'well-formed',
    handle(call, _context, next) {
      if (call.operation !== unknownOperation.name && call.flaw === undefined) return next(call);
      return Promise.reject(refusal(call, unknownFlaw(call)));
    },
  };
}
