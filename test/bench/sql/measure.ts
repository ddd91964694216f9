/** One thing to be timed; each gets its turn in every round, so that the machine's moods meet all of them. */
export type Timed = Readonly<Record<string, (round: number) => unknown>>;

/** Milliseconds, the median of the later half of the rounds: by then the code is warm. */
export async function medians<Names extends Timed>(
  rounds: number,
  timed: Names,
): Promise<Readonly<Record<keyof Names, number>>> {
  const times = new Map(Object.keys(timed).map((name) => [name, new Array<number>()]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(timed)) {
      const start = performance.now();
      await run(round);
      times.get(name)?.push(performance.now() - start);
    }
  }
  const late = [...times].map(([name, all]) => [name, median(all.slice(all.length >> 1))]);
  return Object.fromEntries(late);
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** One line of the report: the median, the range, and whether the median reaches the goal. */
export function report(name: string, values: readonly number[], goal: number, unit: string): void {
  const middle = median(values);
  const range = `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
  const verdict = middle <= goal ? 'ok' : 'OVER';
  console.log(
    `${name.padEnd(44)} ${middle.toFixed(2)} ${unit}  [${range}]  goal ${goal} ${unit}  ${verdict}`,
  );
}
