/** A clock that stands still until it is told to go on. */
export interface FixedClock {
  /** To be handed over as `now`; it needs no `this`. */
  readonly now: () => Date;
  readonly advance: (milliseconds: number) => void;
  readonly set: (time: string | Date) => void;
}

/**
 * Time for tests.
 *
 * ```ts
 * const clock = fixedClock('2026-01-31T12:00:00Z');
 * const standIn = await startStandIn({ now: clock.now });
 * clock.advance(60_000);
 * ```
 */
export function fixedClock(start: string | Date): FixedClock {
  let time = timeOf(start);
  return {
    now: () => new Date(time),
    advance(milliseconds) {
      time += milliseconds;
    },
    set(next) {
      time = timeOf(next);
    },
  };
}

function timeOf(value: string | Date): number {
  const time = new Date(value).getTime();
  if (Number.isNaN(time))
    throw new TypeError(`Not a time: ${String(value)}. Write it like 2026-01-31T12:00:00Z.`);
  return time;
}
