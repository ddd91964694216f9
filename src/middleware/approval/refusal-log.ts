import { refused, type CallbackRefusal } from './approval-event.ts';
import type { ApprovalRecord } from './approval-record.ts';
import type { Desk } from './desk.ts';
import type { Refusal } from './transition.ts';

/** Anybody can send rubbish; the audit must not be filled by it. */
const perMinute = 60;

/** Writes refused callbacks into the audit; those that nobody known sent only up to a rate. */
export class RefusalLog {
  readonly #desk: Desk;
  readonly #now: () => Date;
  #minute = 0;
  #written = 0;

  constructor(desk: Desk, now: () => Date) {
    this.#desk = desk;
    this.#now = now;
  }

  async known(reason: Refusal | CallbackRefusal, person: string, record?: ApprovalRecord): Promise<void> {
    await this.#desk.write(refused(record, reason, person), record?.id);
  }

  async unknown(reason: CallbackRefusal): Promise<void> {
    const minute = Math.floor(this.#now().getTime() / 60_000);
    if (minute !== this.#minute) this.#written = 0;
    this.#minute = minute;
    this.#written += 1;
    if (this.#written <= perMinute) await this.#desk.write(refused(undefined, reason), undefined);
  }
}
