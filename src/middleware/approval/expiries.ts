import { Deadlines } from './deadlines.ts';
import type { ApprovalRecord } from './approval-record.ts';
import type { Desk } from './desk.ts';

/** Expires requests for which no call waits any more, so that the audit tells of them in time. */
export class Expiries {
  readonly #deadlines = new Deadlines(false);
  readonly #known = new Set<string>();

  watch({ id, expiresAt }: ApprovalRecord, desk: Desk, now: Date): void {
    if (this.#known.has(id)) return;
    this.#known.add(id);
    this.#deadlines.add(Date.parse(expiresAt) - now.getTime(), () => {
      this.#known.delete(id);
      // Whoever looks at it later finds it expired all the same.
      desk.read(id).catch(() => undefined);
    });
  }

  close(): void {
    this.#deadlines.clear();
  }
}
