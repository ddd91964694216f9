import type { Agent, Principal, Session } from './principal.ts';
import type { Call } from './call.ts';
import type { Result } from './result.ts';

/** A typed slot of the context: how middleware shares data without strings or globals. */
export interface ContextKey<T> {
  readonly id: symbol;
  readonly description: string;
  readonly initial: T;
}

export function contextKey<T>(description: string, initial: T): ContextKey<T> {
  return { id: Symbol(description), description, initial };
}

/** What belongs to one call besides the call itself. It lives as long as the call. */
export interface Context {
  readonly principal: Principal;
  readonly agent: Agent | undefined;
  readonly session: Session | undefined;
  readonly signal: AbortSignal;
  now(): Date;
  get<T>(key: ContextKey<T>): T;
  set<T>(key: ContextKey<T>, value: T): void;
  /**
   * Sends a call of the guard's own (catalog read, dry run, job look-up) straight to the transport. The
   * audit middleware has made the intent durable by then.
   */
  upstream(call: Call): Promise<Result>;
}
