import type { ApprovalRecord } from './approval-record.ts';
import { Deadlines } from './deadlines.ts';
import type { Desk } from './desk.ts';
import { escalationTime } from './transition.ts';

export interface AgendaOptions {
  readonly desk: Desk;
  readonly now: () => Date;
}

/**
 * What time does to requests whether or not a call waits for them: further people are asked, and in the end the
 * audit is told in time that nobody decided. One timer for all.
 */
export class Agenda {
  readonly #options: AgendaOptions;
  readonly #deadlines = new Deadlines(false);
  readonly #known = new Set<string>();

  constructor(options: AgendaOptions) {
    this.#options = options;
  }

  watch(record: ApprovalRecord): void {
    const { id, expiresAt } = record;
    if (this.#known.has(id)) return;
    const at = Math.min(escalationTime(record) ?? Infinity, Date.parse(expiresAt));
    this.#known.add(id);
    this.#deadlines.add(at - this.#options.now().getTime(), () => {
      this.#known.delete(id);
      // Whoever looks at it later finds it escalated or expired all the same.
      this.#look(id).catch(() => undefined);
    });
  }

  close(): void {
    this.#deadlines.clear();
    this.#known.clear();
  }

  async #look(id: string): Promise<void> {
    const { desk } = this.#options;
    await desk.escalate(id);
    const record = await desk.read(id);
    if (record?.state === 'pending' || record?.state === 'approved') this.watch(record);
  }
}
