import { GuardError } from '../../errors.ts';
import type { ApprovalParts } from './approval.ts';
import type { ApprovalRecord } from './approval-record.ts';
import type { ApprovalChannel } from './channel.ts';
import { Delivery } from './delivery.ts';
import { DeliveryLog } from './delivery-log.ts';

/** Milliseconds that a channel has to say that a request is settled. */
const patience = 30_000;

/** What is on its way to approvers; it goes on after the call that asked has gone, until the request is settled. */
export class Deliveries {
  readonly log: DeliveryLog = new DeliveryLog();
  readonly #running = new Map<string, Delivery>();
  readonly #later = new Map<string, Set<Delivery>>();
  readonly #settled = new Set<string>();
  readonly #channels: readonly ApprovalChannel[];
  readonly #closed = new AbortController();

  constructor(channels: readonly ApprovalChannel[]) {
    refuseDoubles(channels);
    this.#channels = channels;
  }

  begin(record: ApprovalRecord, parts: ApprovalParts): Delivery {
    const delivery = new Delivery(record, parts);
    this.#running.set(record.id, delivery);
    void delivery.over.then(() => this.#running.delete(record.id));
    return delivery;
  }

  /** Tells those whose turn it is now. An alert goes on although the request is settled. */
  next(record: ApprovalRecord, round: string, parts: ApprovalParts): void {
    const delivery = new Delivery(record, parts, round);
    const key = round === 'emergency' ? `alert ${record.id}` : record.id;
    const later = this.#later.get(key) ?? new Set();
    this.#later.set(key, later.add(delivery));
    void delivery.over.then(() => {
      if (later.delete(delivery) && later.size === 0) this.#later.delete(key);
    });
  }

  /** Looks at every change of a record; the one that ends the question ends the delivery. */
  follow(record: ApprovalRecord): void {
    if (record.state === 'pending' || this.#settled.has(record.id)) return;
    this.#remember(record.id);
    this.#running.get(record.id)?.stop();
    for (const delivery of this.#later.get(record.id) ?? []) delivery.stop();
    // A signal has a timer, and 10,000 requests may be settled at once.
    if (this.#channels.every((channel) => channel.settled === undefined)) return;
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(patience)]);
    for (const channel of this.#channels) {
      // What a chat shows is no evidence: a message that still has its buttons decides nothing any more.
      channel.settled?.(record, signal).catch(() => undefined);
    }
  }

  close(): void {
    this.#closed.abort();
    for (const delivery of this.#running.values()) delivery.stop();
    for (const later of this.#later.values()) for (const delivery of later) delivery.stop();
  }

  #remember(id: string): void {
    this.#settled.add(id);
    const [oldest] = this.#settled.size > remembered ? this.#settled : [];
    if (oldest !== undefined) this.#settled.delete(oldest);
  }
}

/** Of how many requests it is known that channels were told of their end. */
const remembered = 10_000;

/** The name tells channels apart in the record, and is the address of what comes in by one. */
function refuseDoubles(channels: readonly ApprovalChannel[]): void {
  const names = channels.map(({ name }) => name);
  const double = names.find((name, place) => names.indexOf(name) !== place);
  if (double === undefined) return;
  throw new GuardError('ERR_CONFIG', `Two channels of approval have the name ${double}. Give each its own.`);
}
