import type { Context } from '../../call/context.ts';
import type { Middleware } from '../../call/middleware.ts';
import type { ApprovalEvent } from './approval-event.ts';
import { Agenda } from './agenda.ts';
import type { ApprovalRecord, JobName } from './approval-record.ts';
import { Callback } from './callback.ts';
import type { ApprovalChannel } from './channel.ts';
import { Deliveries } from './deliveries.ts';
import type { DeliveryEntry } from './delivery-log.ts';
import type { TokenIssuer } from './decision-token.ts';
import { Desk } from './desk.ts';
import { listen, type Listener } from './listen.ts';
import { memoryApprovals } from './memory-approvals.ts';
import type { PromptShown } from './notice.ts';
import { knowPeople, type Person } from './people.ts';
import { Poller, type PollOptions } from './poll.ts';
import { safely, type ReportProgress } from './progress.ts';
import { recordEvents } from './record-event.ts';
import type { ApprovalStore } from './store.ts';
import { releaseSubject, stopSubject, withdraw, type StopSubject } from './stop.ts';
import { Running } from './running.ts';
import type { ApprovalHandle } from './errors.ts';
import { gate } from './gate.ts';
import { resume, type ResumeOptions } from './resume.ts';
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
  /** Where decisions are fetched when no connection can come in. */
  readonly poll?: PollOptions;
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
  /** How many times the approved bytes a query may read when it runs. Default 1.1. */
  readonly tolerance?: number;
  /** The currency of prices that approvers are shown. Default USD. */
  readonly currency?: string;
  /** The most rows that a call may hand out, as approvers are told. */
  readonly rowCap?: (context: Context) => number | undefined;
  /** Cancels the job of an approval that another process spent. */
  readonly cancelJob?: (job: JobName) => Promise<void>;
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
  /** Everything that is pending or approved, the grants in force among it. */
  list(): Promise<readonly ApprovalRecord[]>;
  /**
   * Waits, maybe in another process, for what becomes of a request that a call left pending. Once it is approved, the
   * same call runs when it is sent again; if an approver edited it, `votes` of the record say what runs instead.
   * @throws {ApprovalError} ERR_APPROVAL_REJECTED, ERR_APPROVAL_EXPIRED, or ERR_APPROVAL_PENDING at the end of the wait.
   */
  resume(handle: ApprovalHandle, options?: ResumeOptions): Promise<ApprovalRecord>;
  /**
   * Withdraws a request that is pending, takes back an approval or a grant that is not spent, or cancels the job that
   * runs on it. False when nothing is left to be stopped.
   */
  withdraw(id: string, by: string, reason: string): Promise<boolean>;
  /** The kill switch: ends all requests, grants and approved jobs of them, and refuses their calls until `release`. */
  stop(subject: StopSubject, by: string, reason: string): Promise<void>;
  /** False when it was not stopped. */
  release(subject: StopSubject, by: string, reason: string): Promise<boolean>;
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
  const parts = assemble(options);
  const { desk, store, waiting, deliveries, agenda } = parts;
  const callback = new Callback(parts);
  const poller = pollerOf(parts, callback);
  const stopWatching = store.watch((record) => {
    waiting.wake(record.id);
    deliveries.follow(record);
    if (record.state === 'pending') poller?.wake();
  });
  poller?.wake();
  const listeners: Listener[] = [];
  if (options.store !== undefined) void takeUp(parts);
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
    find: async (id) => desk.read(id),
    list: async () => desk.listOpen(),
    deliveries: (id) => deliveries.log.list(id),
    resume: async (handle, settings) => resume(handle, parts, settings),
    withdraw: async (id, by, reason) => withdraw(id, by, reason, parts),
    stop: async (subject, by, reason) => stopSubject(subject, by, reason, parts),
    release: async (subject, by, reason) => releaseSubject(subject, by, reason, parts),
    async close() {
      stopWatching();
      poller?.close();
      agenda.close();
      deliveries.close();
      await Promise.all(listeners.splice(0).map(async (listener) => listener.close()));
      await store.close?.();
    },
  };
}

function pollerOf({ desk, options }: ApprovalParts, callback: Callback): Poller | undefined {
  if (options.poll === undefined) return undefined;
  return new Poller(options.poll, {
    pending: async () =>
      (await desk.listOpen()).filter(({ state }) => state === 'pending').map(({ id }) => id),
    take: async (request) => callback.handle(request),
  });
}

/** What the steps of one guard's approvals share. */
export interface ApprovalParts {
  readonly desk: Desk;
  readonly store: ApprovalStore;
  readonly waiting: WaitingCalls;
  readonly agenda: Agenda;
  readonly deliveries: Deliveries;
  readonly running: Running;
  readonly people: ReturnType<typeof knowPeople>;
  readonly now: () => Date;
  readonly report: ReportProgress;
  readonly options: ApprovalOptions;
}

function assemble(options: ApprovalOptions): ApprovalParts {
  const now = options.now ?? (() => new Date());
  const people = knowPeople(options.people, options.callback === 'symmetric');
  const report = safely(options.onProgress);
  const store = options.store ?? memoryApprovals();
  const { maximumPending = 50 } = options;
  const ask = (record: ApprovalRecord, round: string): void => deliveries.next(record, round, parts);
  const record = recordEvents(options.record);
  const desk = new Desk({ store, people, now, maximumPending, record, report, ask });
  const deliveries = new Deliveries(options.channels);
  const agenda = new Agenda({ desk, now });
  const waiting = new WaitingCalls();
  const parts = {
    desk,
    store,
    waiting,
    agenda,
    deliveries,
    running: new Running(),
    people,
    now,
    report,
    options,
  };
  return parts;
}

/** Requests that a process before this one left behind go on: people are told of them, and time does what it does. */
async function takeUp({ desk, agenda, deliveries, ...rest }: ApprovalParts): Promise<void> {
  const parts = { desk, agenda, deliveries, ...rest };
  // Whoever asks the store next hears that it does not work.
  const open = await desk.listOpen().catch(() => []);
  for (const record of open) {
    agenda.watch(record);
    if (record.state === 'pending' && record.toldAt === undefined) deliveries.next(record, 'again', parts);
  }
}
