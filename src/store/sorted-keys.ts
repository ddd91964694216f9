/** Keys in their order; moving some thousands of pointers costs less than keeping a tree. */
export class SortedKeys {
  readonly #keys: string[] = [];

  add(key: string): void {
    this.#keys.splice(this.#place(key), 0, key);
  }

  remove(key: string): void {
    this.#keys.splice(this.#place(key), 1);
  }

  /** Those that are not before this one. */
  *from(key: string): Generator<string> {
    for (let index = this.#place(key); index < this.#keys.length; index += 1) yield this.#keys[index] ?? '';
  }

  #place(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
