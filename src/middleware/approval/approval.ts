import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Middleware, Next } from '../../call/middleware.ts';
import type { Result } from '../../call/result.ts';
import { GuardError } from '../../errors.ts';
import { decisionKey } from '../policy/decision.ts';
import type { ApprovalEvent } from './approval-event.ts';
import type { ApprovalRecord } from './approval-record.ts';
import { approvedKey } from './approved.ts';
import { Callback } from './callback.ts';
import type { ApprovalChannel } from './channel.ts';
import { Deliveries } from './deliveries.ts';
import type { DeliveryEntry } from './delivery-log.ts';
import type { TokenIssuer } from './decision-token.ts';
import { Desk } from './desk.ts';
import { Expiries } from './expiries.ts';
import { execute } from './execute.ts';
import { listen, type Listener } from './listen.ts';
import { memoryApprovals } from './memory-approvals.ts';
import type { PromptShown } from './notice.ts';
import { obtain } from './obtain.ts';
import { knowPeople, type Person } from './people.ts';
import { safely, type ReportProgress } from './progress.ts';
import { recordEvents } from './record-event.ts';
import type { ApprovalStore } from './store.ts';
import { WaitingCalls } from './waiting-calls.ts';

export interface ApprovalOptions {
  /** How the approvers are told: `webhook({ … })`, or your own. */
  readonly channels: readonly [ApprovalChannel, ...ApprovalChannel[]];
  /** Who decides, and with which keys their decisions are signed. */
  readonly people: readonly Person[];
  /** `signature`: decisions are signed by each person's own key. `symmetric` also takes shared secrets. */
  readonly callback?: 'signature' | 'symmetric';
  /** Whose tokens (JWT) say who decides, besides the keys of `people`. */
  readonly tokens?: readonly TokenIssuer[];
  /** Default: the memory of this process. */
  readonly store?: ApprovalStore;
  /** Whether a call waits for the decision or throws `ERR_APPROVAL_PENDING` at once. Default: it waits. */
  readonly onPending?: 'wait' | 'throw';
  /** Milliseconds that a call waits at most. Default 5 min. */
  readonly waitFor?: number;
  /** Milliseconds in which the approvers must have been told when the call does not wait. Default 30 s. */
  readonly deliverFor?: number;
  /** How many requests of one principal may be pending. Default 50. */
  readonly maximumPending?: number;
  /** What approvers see of the session's prompt. Default: its SHA-256. */
  readonly prompt?: PromptShown;
  readonly onProgress?: ReportProgress;
  /** Writes events that belong to no call of this process, such as a forged callback: `audit(…).record`. */
  readonly record?: (event: ApprovalEvent) => Promise<void>;
  readonly now?: () => Date;
}

/** The middleware, and the doors by which decisions come in. */
export interface ApprovalMiddleware extends Middleware {
  /** Takes a signed decision. Mount it wherever a `Request` can be had; it never throws. */
  handler(this: void, request: Request): Promise<Response>;
  /** Serves the handler by itself; port 0 takes any free one. */
  listen(port: number, host?: string): Promise<Listener>;
  /** The request as it stands now. */
  find(id: string): Promise<ApprovalRecord | undefined>;
  /** The latest attempts to tell approvers, of one request or of all; the audit has every one. */
  deliveries(approval?: string): readonly DeliveryEntry[];
  /** Withdraws a request that is pending, or takes back an approval that is not spent. */
  withdraw(id: string, by: string, reason: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Holds calls for which the policy requires an approval until somebody entitled has decided. An approval
 * covers exactly what was asked, once.
 *
 * ```ts
 * const gate = approval({
 *   channels: [webhook({ url: 'https://hooks.acme.io/approvals', secrets: ['whsec_…'] })],
 *   people: [{ id: 'ana@acme.io', keys: ['whpk_…'] }],
 * });
 * await gate.listen(8787);
 * ```
 */
export function approval(options: ApprovalOptions): ApprovalMiddleware {
  const now = options.now ?? (() => new Date());
  const people = knowPeople(options.people, options.callback === 'symmetric');
  const report = safely(options.onProgress);
  const store = options.store ?? memoryApprovals();
  const { maximumPending = 50 } = options;
  const desk = new Desk({ store, now, maximumPending, record: recordEvents(options.record) });
  const waiting = new WaitingCalls();
  const deliveries = new Deliveries(options.channels);
  const stopWatching = store.watch((record) => {
    waiting.wake(record.id);
    deliveries.follow(record);
  });
  const listeners: Listener[] = [];
  const expiries = new Expiries();
  const parts = { desk, waiting, expiries, deliveries, people, now, report, options };
  const callback = new Callback(parts);
  return {
    name: 'approval',
    async handle(call, context, next) {
      return gate(call, context, next, parts);
    },
    async handler(request) {
      return callback.handle(request);
    },
    async listen(port, host = '127.0.0.1') {
      const listener = await listen(async (request) => callback.handle(request), port, host);
      listeners.push(listener);
      return listener;
    },
    async find(id) {
      return desk.read(id);
    },
    deliveries(id) {
      return deliveries.log.list(id);
    },
    async withdraw(id, by, reason) {
      const cancelled = await desk.cancel(id, by, reason);
      if (cancelled?.kind === 'changed') return true;
      return (await desk.revoke(id, by, reason))?.kind === 'changed';
    },
    async close() {
      stopWatching();
      expiries.close();
      deliveries.close();
      await Promise.all(listeners.splice(0).map(async (listener) => listener.close()));
    },
  };
}

/** What the steps of one guard's approvals share. */
export interface ApprovalParts {
  readonly desk: Desk;
  readonly waiting: WaitingCalls;
  readonly expiries: Expiries;
  readonly deliveries: Deliveries;
  readonly people: ReturnType<typeof knowPeople>;
  readonly now: () => Date;
  readonly report: ReportProgress;
  readonly options: ApprovalOptions;
}

async function gate(call: Call, context: Context, next: Next, parts: ApprovalParts): Promise<Result> {
  const decision = context.get(decisionKey);
  if (decision === undefined || decision.effect === 'allow') return next(call);
  if (decision.effect === 'deny') {
    const { reasons } = decision;
    throw new GuardError('ERR_POLICY_DENIED', 'The policy denies the call.', { callId: call.id, reasons });
  }
  const record = await obtain({ call, context, decision }, parts);
  const spent = await execute(record, { call, context, decision }, parts);
  context.set(approvedKey, { id: spent.id, requestHash: spent.requestHash });
  return next(call);
}
