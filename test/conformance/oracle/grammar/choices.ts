/**
 * A generator's decisions, taken from a list of numbers. When the list ends every decision is the first, simplest
 * one, so a shorter list or smaller numbers make a smaller statement: that is how a failure is shrunk.
 */
export interface Choices {
  /** A number from 0 up to, but without, `count`. */
  below(count: number): number;
  /** True in about one of `n` cases. */
  oneIn(n: number): boolean;
  from<T>(first: T, ...others: readonly T[]): T;
  /** One of a list, or nothing when it is empty. */
  of<T>(list: readonly T[]): T | undefined;
  /** A name that no other call of this gave. */
  name(prefix: string): string;
}

export function choicesOf(numbers: readonly number[]): Choices {
  let next = 0;
  const counters = new Map<string, number>();
  const below = (count: number): number => (numbers[next++] ?? 0) % count;
  const of = <T>(list: readonly T[]): T | undefined =>
    list.length === 0 ? undefined : list[below(list.length)];
  return {
    below,
    oneIn: (n) => below(n) === n - 1,
    from: (first, ...others) => of([first, ...others]) ?? first,
    of,
    name(prefix) {
      const count = counters.get(prefix) ?? 0;
      counters.set(prefix, count + 1);
      return `${prefix}${count}`;
    },
  };
}
