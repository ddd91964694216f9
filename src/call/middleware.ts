import type { Call } from './call.ts';
import type { Context } from './context.ts';
import type { Result } from './result.ts';

/** Sends the call on to the next layer. It may be called again only after it settled. */
export type Next = (call: Call) => Promise<Result>;

/**
 * One layer of the onion, outermost first. Return what `next` returns or another result, throw to refuse;
 * never change the call you received.
 */
export interface Middleware {
  readonly name: string;
  handle(call: Call, context: Context, next: Next): Promise<Result>;
  /** Called once when the guard closes: flush files, stop listeners. */
  close?(): Promise<void>;
}
