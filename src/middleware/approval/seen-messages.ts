import { sha256 } from './request-hash.ts';
import { tolerance } from './authenticate.ts';

/** Ids of callback messages, kept for as long as their signature is fresh enough to be sent again. */
export class SeenMessages {
  readonly #seen = new Map<string, { readonly body: string; readonly until: number }>();

  /** False when the id came before with another content: an id names one message only. */
  admit(id: string, body: string, now: Date): boolean {
    this.#forget(now.getTime());
    const content = sha256(body);
    const earlier = this.#seen.get(id);
    if (earlier !== undefined) return earlier.body === content;
    this.#seen.set(id, { body: content, until: now.getTime() + 2 * tolerance * 1000 });
    return true;
  }

  /** The oldest come first, and each is kept for the same time. */
  #forget(now: number): void {
    for (const [id, { until }] of this.#seen) {
      if (until > now) return;
      this.#seen.delete(id);
    }
  }
}
