import { tolerance } from '../authenticate.ts';

/** What may come once: kept for as long as its signature is fresh. */
export class OnceOnly {
  readonly #seen = new Map<string, number>();

  /** False when it came before. */
  admit(key: string, now: Date): boolean {
    for (const [old, until] of this.#seen) {
      if (until > now.getTime()) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(key)) return false;
    this.#seen.set(key, now.getTime() + 2 * tolerance * 1000);
    return true;
  }
}
