import { uuidv7 } from 'uuidv7';
import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import type { Json } from '../../call/json.ts';
import { fromHttpRequest } from '../../call/normalise.ts';
import type { UpstreamAs } from '../../call/upstream-account.ts';
import type { GuardError } from '../../errors.ts';
import { isGuardError } from '../../errors.ts';
import { boundedMap } from '../../sql/bounded-map.ts';
import type { BudgetStore, Held, Lease } from '../../store/index.ts';
import { record, type EventData } from '../audit/index.ts';
import { bytesText, roundCoarsely } from './bytes.ts';
import type { RuleClaim } from './claims.ts';
import { exceeded, unavailable } from './errors.ts';
import { countOf } from './event.ts';
import { jobEnd, jobFromText, jobNameIn, jobText, type JobName } from './job-end.ts';
import { priceInMillionths } from './price.ts';
import type { CostSettings } from './rules.ts';

export interface DeskOptions {
  readonly store: BudgetStore;
  readonly settings: CostSettings;
  /** How long a job may run before what it holds is charged in full, in milliseconds. */
  readonly leaseFor: number;
}

/** Where parts of budgets are reserved for calls, and settled when their jobs have ended. */
export class Desk {
  readonly #options: DeskOptions;
  readonly #settled = boundedMap<string, true>(10_000);

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** Takes everything that is claimed for the call, or refuses it. Answers the lease, if anything is held. */
  async reserve(
    claims: readonly RuleClaim[],
    bytes: bigint,
    call: Call,
    context: Context,
  ): Promise<string | undefined> {
    if (claims.length === 0) return undefined;
    const short = await this.#take(claims, call, context);
    const lease = short.id ?? (await this.#takeAfterLooking(short.claim, claims, call, context));
    if (claims.every(({ hold }) => hold === 'spend')) return undefined;
    const limits = [...new Set(claims.map(({ rule }) => rule))];
    const expiresAt = this.#expiry(context).toISOString();
    const data = { lease, bytes: countOf(bytes), limits, expiresAt };
    await record(context, { type: 'budget.reserved', data });
    return lease;
  }

  /** The job has ended: its budgets count what it billed, or all that was held where nobody knows. */
  async settle(
    lease: string,
    claims: readonly Held[],
    bytes: bigint | undefined,
    context: Context,
  ): Promise<void> {
    const { settings } = this.#options;
    const spent = claims.map((claim) => [claim.counter, spentOf(claim, bytes, settings)] as const);
    const data = { lease, bytes: countOf(bytes ?? 0n), known: bytes !== undefined };
    await this.#settle(lease, Object.fromEntries(spent), data, context);
  }

  /** All that was held was spent. */
  async charge(lease: string, claims: readonly Held[], bytes: bigint, context: Context): Promise<void> {
    const spent = claims.map(({ counter, amount }) => [counter, amount] as const);
    await this.#settle(
      lease,
      Object.fromEntries(spent),
      { lease, bytes: countOf(bytes), known: true },
      context,
    );
  }

  async #settle(
    lease: string,
    spent: Readonly<Record<string, bigint>>,
    data: EventData['budget.settled'],
    context: Context,
  ): Promise<void> {
    try {
      if (!(await this.#options.store.settle(lease, spent, context.now()))) return;
    } catch {
      // What is held stays held and is charged when the lease ends: too much, and never too little.
      return;
    }
    await record(context, { type: 'budget.settled', data });
  }

  /** After the answer to the call that started a job. */
  async started(lease: string, claims: readonly Held[], body: Json, context: Context): Promise<void> {
    const end = jobEnd(body);
    const name = jobNameIn(body);
    if (end.kind === 'billed') await this.settle(lease, claims, end.bytes, context);
    if (end.kind === 'billed' && name !== undefined) this.#settled.set(jobText(name), true);
    if (end.kind === 'billed' || name === undefined) return;
    await this.#quietly(this.#options.store.name(lease, jobText(name), context.now()));
    if (end.kind === 'ended') await this.#lookUp(name, { id: lease, claims }, context);
  }

  /** After the answer to a poll or page of a job. */
  async polled(body: Json, context: Context): Promise<void> {
    const end = jobEnd(body);
    const name = jobNameIn(body);
    if (end.kind === 'running' || name === undefined) return;
    const text = jobText(name);
    if (this.#settled.get(text) === true) return;
    const lease = await this.#quietly(this.#options.store.find(text, context.now()));
    if (lease === undefined) return;
    if (end.kind === 'ended') return this.#lookUp(name, lease, context);
    await this.settle(lease.id, lease.claims, end.bytes, context);
    this.#settled.set(text, true);
  }

  /** A poll has failed, maybe because the job has. */
  async failed({ project, ids, query }: Call, context: Context): Promise<void> {
    const { location } = query;
    const { jobId } = ids;
    if (jobId === undefined) return;
    const asked = { projectId: project, jobId, location: typeof location === 'string' ? location : '' };
    const body = await this.#jobResource(asked, context);
    if (body !== undefined) await this.polled(body, context);
  }

  async close(): Promise<void> {
    await this.#options.store.close?.();
  }

  async #take(
    claims: readonly RuleClaim[],
    call: Call,
    context: Context,
  ): Promise<{ readonly id: string } | { readonly id: undefined; readonly claim: Short }> {
    const id = uuidv7();
    const request = { id, expiresAt: this.#expiry(context), claims };
    const outcome = await this.#asked(() => this.#options.store.reserve(request, context.now()), call);
    if (outcome.kind === 'reserved') return { id };
    const claim = claims.find(({ counter }) => counter === outcome.counter);
    if (claim === undefined) throw unavailable(call, 'budgets', 'the store of budgets answers nonsense');
    return { id: undefined, claim: { claim, available: outcome.available } };
  }

  /** Jobs may have ended without anybody asking: BigQuery is asked before the call is refused. */
  async #takeAfterLooking(
    short: Short,
    claims: readonly RuleClaim[],
    call: Call,
    context: Context,
  ): Promise<string> {
    if (short.claim.hold === 'spend') throw this.#refusal(short, call);
    const { store } = this.#options;
    const leases = await this.#asked(() => store.held(short.claim.counter, context.now()), call);
    const named = leases.filter(({ name }) => name !== undefined).slice(0, mostLookUps);
    await Promise.all(named.map((lease) => this.#lookUpLease(lease, context)));
    const again =
      named.length === 0 ? { id: undefined, claim: short } : await this.#take(claims, call, context);
    if (again.id === undefined) throw this.#refusal(again.claim, call);
    return again.id;
  }

  async #lookUpLease(lease: Lease, context: Context): Promise<void> {
    const name = jobFromText(lease.name ?? 'null');
    // Whoever else started it, under whatever account: the guard may see it.
    if (name !== undefined) await this.#lookUp(name, lease, context, 'guard');
  }

  async #lookUp(
    name: JobName,
    { id, claims }: Pick<Lease, 'id' | 'claims'>,
    context: Context,
    as: UpstreamAs = 'caller',
  ): Promise<void> {
    const body = await this.#jobResource(name, context, as);
    const end = body === undefined ? undefined : jobEnd(body);
    if (end?.kind !== 'billed') return;
    await this.settle(id, claims, end.bytes, context);
    this.#settled.set(jobText(name), true);
  }

  async #jobResource(
    { projectId, jobId, location }: JobName,
    context: Context,
    as: UpstreamAs = 'caller',
  ): Promise<Json | undefined> {
    const [project, job] = [encodeURIComponent(projectId), encodeURIComponent(jobId)];
    const place = location === '' ? '' : `?location=${encodeURIComponent(location)}`;
    const url = `/bigquery/v2/projects/${project}/jobs/${job}${place}`;
    const answer = await this.#quietly(context.upstream(fromHttpRequest({ method: 'GET', url }), as));
    return answer?.body;
  }

  #expiry(context: Context): Date {
    return new Date(context.now().getTime() + this.#options.leaseFor);
  }

  async #asked<T>(work: () => Promise<T>, call: Call): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isGuardError(error) ? error : unavailable(call, 'budgets', 'the store of budgets fails', error);
    }
  }

  async #quietly<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch {
      return undefined;
    }
  }

  #refusal({ claim, available }: Short, call: Call): GuardError {
    const message = refusalTexts[claim.unit](claim, available, this.#options.settings);
    // Jobs end and minutes pass.
    const retryable = claim.unit === 'jobs' || claim.unit === 'calls';
    return exceeded(call, claim.rule, message, { retryable });
  }
}

interface Short {
  readonly claim: RuleClaim;
  readonly available: bigint;
}

/** Each is a request. What is not looked at now is at the next refusal, or when its lease ends. */
const mostLookUps = 10;

function spentOf({ counter, amount }: Held, bytes: bigint | undefined, settings: CostSettings): bigint {
  const parts: unknown = JSON.parse(counter);
  const [kind, , unit]: readonly unknown[] = Array.isArray(parts) ? parts : [];
  if (kind !== 'budget') return 0n;
  if (bytes === undefined) return amount;
  return unit === 'price' ? (priceInMillionths(bytes, settings) ?? amount) : bytes;
}

const refusalTexts: Readonly<
  Record<RuleClaim['unit'], (claim: RuleClaim, available: bigint, settings: CostSettings) => string>
> = {
  jobs: ({ rule, limit }) =>
    `Limit ${rule} lets ${limit} of your jobs run at once. Wait until one of them has ended.`,
  calls: ({ rule, limit }) =>
    `Limit ${rule} lets ${limit} of your calls begin in a minute. Wait for the next minute.`,
  bytes: ({ rule, limit, amount, fullAgain }, available) =>
    `Budget ${rule} has ${bytesText(floor(available))} left of ${bytesText(limit)}, and the query may bill ${bytesText(roundCoarsely(amount))}. ${advice}${fullAgain}`,
  inserted: ({ rule, limit, amount, fullAgain }, available) =>
    `Budget ${rule} has ${bytesText(available)} left of ${bytesText(limit)} for streaming inserts, and these rows count ${bytesText(amount)}. Insert fewer rows, or load them by a load job, which is free.${fullAgain}`,
  millionths: ({ rule, limit, amount, fullAgain }, _available, settings) =>
    `Budget ${rule} of ${money(limit, settings)} has too little left for a call that may cost ${money(amount, settings)}. ${advice}${fullAgain}`,
};

const advice = 'Ask for fewer columns, or filter on the partition column.';

/** Down to whole 10 MiB: what others billed, or masked queries, is not told to the byte. */
const floor = (bytes: bigint): bigint => (bytes / (10n << 20n)) * (10n << 20n);

const money = (millionths: bigint, { currency }: CostSettings): string =>
  `${Number(millionths) / 1_000_000} ${currency}`;
