import {
  approval,
  approvedKey,
  entryApprovals,
  generateApproverKeys,
  signDecision,
  type ApprovalEvent,
  type ApprovalMiddleware,
  type ApprovalRecord,
  type ApprovalStore,
} from '../../../src/middleware/approval/index.ts';
import type { EntryStore } from '../../../src/store/index.ts';
import { answer, asks, someCall, someContext, toRequest } from './harness.ts';

export interface RaceOptions {
  readonly approvals: number;
  readonly workers: number;
  /** How probably a worker dies before, and how probably right after, each change of the store. */
  readonly deadly: number;
  /** Entries as each process sees them: several that share one folder. */
  readonly processes: readonly EntryStore[];
}

export interface RaceReport {
  readonly executed: number;
  readonly killed: number;
  /** Approvals on which more than one call ran. */
  readonly doubled: number;
  /** Requests that did not run in the end. */
  readonly lost: number;
  /** Executions whose approval the store, or the record, does not show as given before and spent on them. */
  readonly unapproved: number;
  /** Requests whose worker died after it had spent the approval and before it sent the call: asked anew. */
  readonly askedAnew: number;
}

class Killed extends Error {}

const keys = generateApproverKeys();
const people = [{ id: 'ana@acme.io', keys: [keys.publicKey] }];
const sqlOf = (index: number): string => `DELETE FROM shop.orders WHERE id = ${index}`;

/** What ran, in order, as BigQuery would know it. */
interface Execution {
  readonly index: number;
  readonly approval: string;
  readonly callId: string;
}

/** Workers that decide on and execute the same requests, and die at any step of it. */
export class Race {
  readonly #options: RaceOptions;
  readonly #executions: Execution[] = [];
  readonly #ran = new Set<number>();
  readonly #events: ApprovalEvent[] = [];
  #killed = 0;

  constructor(options: RaceOptions) {
    this.#options = options;
  }

  async run(): Promise<RaceReport> {
    const { approvals, workers } = this.#options;
    const ids = await this.#ask(approvals);
    await Promise.all(Array.from({ length: workers }, async (_, worker) => this.#work(worker, ids)));
    const missing = ids.flatMap((_, index) => (this.#ran.has(index) ? [] : [index]));
    for (const index of missing) await this.#askAnew(index);
    return this.#report(missing.length);
  }

  async #ask(approvals: number): Promise<readonly string[]> {
    const { gate } = this.#gate(0, 0);
    const indexes = Array.from({ length: approvals }, (_, index) => index);
    const ids = await Promise.all(indexes.map(async (index) => this.#pendingId(gate, index)));
    await gate.close();
    return ids;
  }

  async #pendingId(gate: ApprovalMiddleware, index: number): Promise<string> {
    const error: unknown = await this.#send(gate, index).catch((reason: unknown) => reason);
    const handle = error instanceof Error && 'approval' in error ? error.approval : undefined;
    if (typeof handle !== 'object' || handle === null || !('id' in handle)) throw error;
    return String(handle.id);
  }

  /** Goes over the requests from a place of its own, until each has been decided and run, or its worker died. */
  async #work(worker: number, ids: readonly string[]): Promise<void> {
    let { gate, isDead } = this.#gate(worker, this.#options.deadly);
    for (let step = 0; step < ids.length; step += 1) {
      const index = (worker * 7 + step) % ids.length;
      // Done already: what is raced for is the rest.
      const id = this.#ran.has(index) ? undefined : ids[index];
      if (id === undefined) continue;
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await this.#push(gate, id, index).catch(() => undefined);
        if (!isDead()) break;
        this.#killed += 1;
        ({ gate, isDead } = this.#gate(worker, this.#options.deadly));
      }
    }
  }

  async #push(gate: ApprovalMiddleware, id: string, index: number): Promise<void> {
    const record = await gate.find(id);
    if (record?.state === 'pending') await this.#approve(gate, record);
    if (record?.state === 'approved') await this.#send(gate, index);
  }

  async #approve(gate: ApprovalMiddleware, { id, requestHash }: ApprovalRecord): Promise<void> {
    const { privateKey } = keys;
    await gate.handler(toRequest(signDecision({ privateKey, id, requestHash, verdict: 'approve' })));
  }

  async #send(gate: ApprovalMiddleware, index: number): Promise<void> {
    const call = someCall(sqlOf(index));
    const context = someContext({
      decision: { ...asks, approval: { ...asks.approval, expiresInMs: 3_600_000 } },
    });
    await gate.handle(call, context, async () => {
      const id = context.get(approvedKey)?.id ?? 'none';
      this.#executions.push({ index, approval: id, callId: call.id });
      this.#ran.add(index);
      return answer;
    });
  }

  /** What happened to a spent approval is known by whether its call has run; if not, people are asked once more. */
  async #askAnew(index: number): Promise<void> {
    const { gate } = this.#gate(0, 0);
    const ran = await this.#send(gate, index).then(
      () => true,
      () => false,
    );
    if (!ran) {
      const open = await gate.list();
      const record = open.find(({ notice }) => notice.statement?.sql === sqlOf(index));
      if (record?.state === 'pending') await this.#approve(gate, record);
      await this.#send(gate, index);
    }
    await gate.close();
  }

  #gate(
    worker: number,
    deadly: number,
  ): { readonly gate: ApprovalMiddleware; readonly isDead: () => boolean } {
    const { processes, approvals } = this.#options;
    const entries = processes[worker % processes.length];
    if (entries === undefined) throw new Error('A race needs a process.');
    const { store, isDead } = mortal(entryApprovals(entries), deadly);
    const gate = approval({
      channels: [{ name: 'box', notify: async () => undefined }],
      people,
      store,
      onPending: 'throw',
      maximumPending: approvals * 3,
      record: async (event) => void this.#events.push(event),
    });
    return { gate, isDead };
  }

  async #report(askedAnew: number): Promise<RaceReport> {
    const [entries] = this.#options.processes;
    if (entries === undefined) throw new Error('A race needs a process.');
    const store = entryApprovals(entries);
    const spent = this.#executions.map(({ approval: id }) => id);
    const sound = await Promise.all(this.#executions.map(async (each) => this.#isApproved(store, each)));
    const ran = this.#ran.size;
    return {
      executed: this.#executions.length,
      killed: this.#killed,
      doubled: spent.length - new Set(spent).size + (this.#executions.length - ran),
      lost: this.#options.approvals - ran,
      unapproved: sound.filter((each) => !each).length,
      askedAnew,
    };
  }

  async #isApproved(store: ApprovalStore, { approval: id, callId }: Execution): Promise<boolean> {
    const record = await store.get(id);
    const isSpent = record?.transitions.some(({ to, by }) => to === 'consumed' && by === callId) === true;
    const types = this.#events.flatMap((event) =>
      'approval' in event.data && event.data.approval === id ? [event.type] : [],
    );
    const isRecorded = ['approval.requested', 'approval.decided', 'approval.consumed'].every((type) =>
      types.some((each) => each === type),
    );
    return isSpent && isRecorded && record.votes.some(({ verdict }) => verdict === 'approve');
  }
}

/** A store whose user dies at some of its changes: before them, or when they have happened and it cannot know. */
function mortal(
  store: ApprovalStore,
  deadly: number,
): { readonly store: ApprovalStore; readonly isDead: () => boolean } {
  let dead = false;
  const live = (): void => {
    if (dead) throw new Killed('dead');
    if (Math.random() >= deadly) return;
    dead = true;
    throw new Killed('killed');
  };
  const alive = (): void => {
    if (dead) throw new Killed('dead');
  };
  const change = async <T>(work: () => Promise<T>): Promise<T> => {
    live();
    const result = await work();
    live();
    return result;
  };
  const look = async <T>(work: () => Promise<T>): Promise<T> => {
    alive();
    return work();
  };
  return {
    isDead: () => dead,
    store: {
      insert: (record) => change(() => store.insert(record)),
      replace: (record) => change(() => store.replace(record)),
      get: (id) => look(() => store.get(id)),
      findOpen: (hash) => look(() => store.findOpen(hash)),
      findGrants: (key) => look(() => store.findGrants(key)),
      findLastApproved: (shape) => look(() => store.findLastApproved(shape)),
      // A worker that begins does not go over everything that the others do.
      listOpen: async () => (deadly === 0 ? store.listOpen() : []),
      countPending: (principal) => look(() => store.countPending(principal)),
      putStop: (stop) => store.putStop(stop),
      removeStop: (subject) => store.removeStop(subject),
      findStop: (subjects) => look(() => store.findStop(subjects)),
      watch: () => () => undefined,
    },
  };
}
