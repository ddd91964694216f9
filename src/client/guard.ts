import { compose } from '../call/compose.ts';
import { contextKey, createContext } from '../call/context.ts';
import { freezeCall } from '../call/freeze.ts';
import { prepareKey } from '../call/prepare.ts';
import { GuardError } from '../errors.ts';
import { onlyApproved } from '../middleware/approval/approved.ts';
import { recorded } from '../middleware/audit/barrier.ts';
import { accountOf, withAccountFlaw } from '../middleware/impersonation/account-of.ts';
import type { Impersonation } from '../middleware/policy/document.ts';
import { defaultAnswerWithin } from '../transport/answer-limit.ts';
import { sendsRecorded } from '../middleware/audit/record.ts';
import { agentOf, principalOf } from './scope.ts';
import type { Call } from '../call/call.ts';
import type { Handler } from '../call/compose.ts';
import type { Context } from '../call/context.ts';
import type { Middleware } from '../call/middleware.ts';
import type { Send } from '../call/upstream-account.ts';
import { freezePrincipal } from '../call/principal.ts';
import type { Result } from '../call/result.ts';
import type { OfficialTransport } from '../transport/official.ts';
import type { ContextFields, Scope } from './scope.ts';

export interface GuardOptions {
  /** Outermost first. */
  readonly middleware: readonly Middleware[];
  /** For calls outside of `withContext`. */
  readonly principal?: ContextFields['principal'];
  readonly agent?: ContextFields['agent'];
  readonly now?: () => Date;
  /** Takes calls in place of the official client's own connection, e.g. to a central service. */
  readonly transport?: { readonly handle: Handler; close?(): Promise<void> };
  /**
   * How long BigQuery may take for an answer beyond the call's own `timeoutMs`, in milliseconds. Then the call fails with
   * ERR_REMOTE_UNAVAILABLE and is not sent again. Default: 60,000; 0 waits for ever. Uploads have no limit.
   */
  readonly answerWithin?: number | undefined;
  /** Under which service accounts calls run at BigQuery. Whoever none is named for runs under the client's own credentials. */
  readonly impersonate?: Impersonation | undefined;
  /**
   * `forward` sends calls that cannot be judged (unknown methods, unknown fields) as they are. Only for watching
   * what a program does; with the default `refuse` they are refused.
   */
  readonly unjudged?: 'refuse' | 'forward';
}

/** A list of middleware ready for use by any number of clients. */
export interface Guard {
  readonly [guardMark]: GuardEngine;
  /** Waits for the calls under way, then closes the middleware. Later calls are refused. */
  close(): Promise<void>;
}

const guardMark: unique symbol = Symbol.for('bigquery-guard.guard');

/** One call of a client on its way into the guard. */
export interface Passage {
  readonly call: Call;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** The official client's own connection. `forward` sends the request as it was made. */
  readonly connection: (options: {
    readonly forward: boolean;
    readonly answerWithin: number;
    /** Where access tokens of service accounts are asked for. */
    readonly iamUrl: string | undefined;
  }) => OfficialTransport;
}

/** How a guard takes calls. Kept apart from `Guard`, so that users see only what they need. */
export interface GuardEngine {
  handle(passage: Passage): Promise<Result>;
}

export function isGuard(value: unknown): value is Guard {
  return typeof value === 'object' && value !== null && guardMark in value;
}

export function engineOf(guard: Guard): GuardEngine {
  return guard[guardMark];
}

const nobody = freezePrincipal({ id: 'anonymous', groups: [], delegation: [], verified: false });

const connectionKey = contextKey<Send | undefined>('connection', undefined);

/**
 * Makes a guard of a list of middleware.
 *
 * ```ts
 * const guard = createGuard({ middleware: [audit(…), policy(…)] });
 * const bigquery = new BigQuery({ guard });
 * ```
 */
export function createGuard(options: GuardOptions): Guard {
  const middleware = [...options.middleware];
  const standing = { principal: principalOf(options.principal) ?? nobody, agent: agentOf(options.agent) };
  if (options.transport !== undefined && options.impersonate !== undefined) throw twoIdentities();
  const send: Send = options.transport?.handle ?? throughConnection;
  const handler = compose(middleware, onlyApproved(recorded(send, 'statement')));
  const own = recorded(send, 'own');
  const engine: GuardEngine = {
    handle(passage) {
      const context = contextOf(passage, options, standing, own);
      return handler(withAccountFlaw(passage.call, context, options.impersonate), context);
    },
  };
  return lifetimeOf(engine, () =>
    closeAll([...middleware, ...(options.transport === undefined ? [] : [options.transport])]),
  );
}

function twoIdentities(): GuardError {
  return new GuardError(
    'ERR_CONFIG',
    'createGuard takes impersonate or transport, not both: a transport has credentials of its own. Where it is a guard service, impersonate stands in its guard.yaml.',
  );
}

function throughConnection(call: Call, context: Context, account: string | undefined): Promise<Result> {
  const connection = context.get(connectionKey);
  if (connection === undefined) throw new GuardError('ERR_INTERNAL', 'The call has lost its connection.');
  return connection(call, context, account);
}

function contextOf(
  { scope, signal, connection }: Passage,
  options: GuardOptions,
  standing: Pick<Context, 'principal' | 'agent'>,
  own: ReturnType<typeof recorded>,
): Context {
  const principal = scope.principal ?? standing.principal;
  const agent = scope.agent ?? standing.agent;
  const context = createContext({
    principal,
    agent,
    session: scope.session,
    account: accountOf(options.impersonate, { principal, agent }),
    signal,
    now: options.now ?? (() => new Date()),
    upstream: (call, as) => own(freezeCall(call), context, as),
  });
  context.set(sendsRecorded, true);
  if (options.transport === undefined) {
    const { handle, prepare } = connection({
      forward: options.unjudged === 'forward',
      answerWithin: options.answerWithin ?? defaultAnswerWithin,
      iamUrl: options.impersonate?.url,
    });
    context.set(connectionKey, handle);
    context.set(prepareKey, prepare);
  }
  return context;
}

/** Adds the end of life to an engine: no call after `close`, and no `close` before the calls have ended. */
export function lifetimeOf(engine: GuardEngine, end: () => Promise<void>): Guard {
  const running = new Set<Promise<Result>>();
  let closing: Promise<void> | undefined;
  const handle = (passage: Passage): Promise<Result> => {
    if (closing !== undefined) return Promise.reject(closed(passage.call));
    const answer = engine.handle(passage);
    running.add(answer);
    const forget = (): boolean => running.delete(answer);
    answer.then(forget, forget);
    return answer;
  };
  const close = (): Promise<void> => (closing ??= Promise.allSettled(running).then(end));
  return { [guardMark]: { handle }, close };
}

function closed(call: Call): GuardError {
  return new GuardError(
    'ERR_CONFIG',
    'The guard of this client is closed. The call was refused and nothing was sent.',
    { callId: call.id, reasons: [{ rule: 'guard', message: 'The guard is closed.' }] },
  );
}

/** From the inside out, so that the audit is still there for what the others do at the end. */
async function closeAll(layers: readonly Pick<Middleware, 'close'>[]): Promise<void> {
  const failures: unknown[] = [];
  for (const layer of layers.toReversed()) {
    try {
      await layer.close?.();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Some middleware could not be closed.');
}
