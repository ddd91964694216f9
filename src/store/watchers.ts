interface Watcher {
  readonly prefix: string;
  readonly listener: (key: string) => void;
}

/** Who wants to hear of changes. */
export class Watchers {
  readonly #watchers = new Set<Watcher>();

  add(prefix: string, listener: (key: string) => void): () => void {
    const watcher = { prefix, listener };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Afterwards: what a listener does, or throws, is not a part of the commit. */
  tell(changed: readonly { readonly key: string }[]): void {
    for (const { prefix, listener } of this.#watchers) {
      for (const { key } of changed) if (key.startsWith(prefix)) queueMicrotask(() => listener(key));
    }
  }

  get size(): number {
    return this.#watchers.size;
  }
}
