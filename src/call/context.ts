import { freezePrincipal, type Agent, type Principal, type Session } from './principal.ts';
import type { Call } from './call.ts';
import type { Result } from './result.ts';
import type { UpstreamAs } from './upstream-account.ts';

/** A typed slot of the context: how middleware shares data without strings or globals. */
export interface ContextKey<T> {
  readonly id: symbol;
  readonly description: string;
  readonly initial: T;
  /** Where contexts keep their value for this key; it goes when the context goes. */
  readonly slots: WeakMap<Context, { readonly value: T }>;
}

/**
 * Makes a key for `context.get` and `context.set`. Until a value is set, `get` answers `initial`.
 *
 * ```ts
 * const startedAt = contextKey<Date | undefined>('startedAt', undefined);
 * context.set(startedAt, context.now());
 * ```
 */
export function contextKey<T>(description: string, initial: T): ContextKey<T> {
  return { id: Symbol(description), description, initial, slots: new WeakMap() };
}

/** What belongs to one call besides the call itself. It lives as long as the call. */
export interface Context {
  readonly principal: Principal;
  readonly agent: Agent | undefined;
  readonly session: Session | undefined;
  /** The service account under which the call runs at BigQuery; `undefined`: the guard's own account. */
  readonly account: string | undefined;
  readonly signal: AbortSignal;
  now(): Date;
  get<T>(key: ContextKey<T>): T;
  set<T>(key: ContextKey<T>, value: T): void;
  /**
   * Sends a call of the guard's own (catalog read, dry run, job look-up) straight to the transport. The
   * audit middleware has made the intent durable by then. It goes under the caller's account, unless it is `guard` who
   * asks; what only the guard may see is not to be handed out.
   */
  upstream(call: Call, as?: UpstreamAs): Promise<Result>;
}

export interface ContextOptions {
  readonly principal: Principal;
  readonly agent?: Agent | undefined;
  readonly session?: Session | undefined;
  readonly account?: string | undefined;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly upstream: (call: Call, as?: UpstreamAs) => Promise<Result>;
}

/** Makes the context of one call. Its own fields cannot be changed; middleware adds to it by keys. */
export function createContext(options: ContextOptions): Context {
  const context: Context = Object.freeze({
    principal: freezePrincipal(options.principal),
    agent: options.agent,
    session: options.session,
    account: options.account,
    signal: options.signal,
    now: options.now,
    upstream: options.upstream,
    get<T>(key: ContextKey<T>): T {
      const slot = key.slots.get(context);
      return slot === undefined ? key.initial : slot.value;
    },
    set<T>(key: ContextKey<T>, value: T): void {
      key.slots.set(context, { value });
    },
  });
  return context;
}
