/** One attempt to tell the approvers of a request. The audit keeps them all, this list the latest. */
export interface DeliveryEntry {
  readonly approval: string;
  readonly channel: string;
  readonly attempt: number;
  readonly at: string;
  readonly outcome: 'delivered' | 'failed' | 'given up';
  readonly message?: string;
}

const kept = 1000;

export class DeliveryLog {
  #entries: DeliveryEntry[] = [];

  add(entry: DeliveryEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > 2 * kept) this.#entries = this.#entries.slice(-kept);
  }

  list(approval?: string): readonly DeliveryEntry[] {
    const latest = this.#entries.slice(-kept);
    return approval === undefined ? latest : latest.filter((entry) => entry.approval === approval);
  }
}
