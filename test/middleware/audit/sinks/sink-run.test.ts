import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Cursor } from '../../../../src/middleware/audit/sinks/cursor.ts';
import type { RecordPlace, RecordSource } from '../../../../src/middleware/audit/sinks/record-source.ts';
import { EventsRefused, type AuditSink } from '../../../../src/middleware/audit/sinks/sink.ts';
import { SinkRun, type SinkRunOptions } from '../../../../src/middleware/audit/sinks/sink-run.ts';
import { events } from './events.ts';

/** A record of lines that grows. */
function growing() {
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const source: RecordSource = {
    chain: 'a',
    async read(from, bytes) {
      const start = from?.offset ?? 0;
      let end = start;
      for (let size = 0; end < lines.length && (end === start || size < bytes); end += 1)
        size += lines[end]?.length ?? 0;
      return end === start
        ? undefined
        : { lines: lines.slice(start, end), next: { segment: 1, offset: end } };
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    source,
    listeners,
    add(...more: readonly string[]) {
      lines.push(...more);
      for (const listener of listeners) listener();
    },
  };
}

function remembered() {
  const kept = { place: undefined as RecordPlace | undefined, aside: [] as string[] };
  const cursor: Cursor = {
    read: async () => kept.place,
    move: async (_chain, place) => void (kept.place = place),
    putAside: async ({ event }, { reason }) => void kept.aside.push(`${event.sequence}: ${reason}`),
  };
  return { cursor, kept };
}

const lines = events(50).map(({ line }) => line);
const sequences = (sent: Parameters<AuditSink['send']>[0]): number[] =>
  sent.map(({ event }) => event.sequence);

function running(sink: Pick<AuditSink, 'send'>, more: Partial<SinkRunOptions> = {}) {
  const record = growing();
  const { cursor, kept } = remembered();
  const run = new SinkRun({
    sink: { name: 'other', ...sink },
    source: record.source,
    cursor,
    firstRetry: 1,
    ...more,
  });
  return { run, record, kept };
}

const nothing = (): void => undefined;
const fiveMinutesLater = (): Date => new Date('2026-01-01T00:05:00.000Z');
const at = (index: number): string =>
  `{"id":"e${index}","sequence":${index},"time":"2026-01-01T00:00:00.000Z"}`;

afterEach(() => void vi.useRealTimers());

describe('a run of a sink', () => {
  it('sends what is durable in order, once, and waits for more', async () => {
    const got: number[] = [];
    const { run, record, kept } = running({
      async send(sent) {
        got.push(...sequences(sent));
        return [];
      },
    });
    record.add(...lines.slice(0, 3));
    await run.caughtUp();
    record.add(...lines.slice(3, 5));
    await run.caughtUp();
    expect(got).toEqual([1, 2, 3, 4, 5]);
    expect(kept.place).toEqual({ segment: 1, offset: 5 });
    expect(run.metrics()).toEqual({
      sink: 'other',
      sent: 5,
      refused: 0,
      failures: 0,
      breaker: 'closed',
      oldestUnexportedAge: 0,
    });
    await run.close();
    expect(record.listeners.size).toBe(0);
  });

  it('begins where the last run ended', async () => {
    const { cursor } = remembered();
    await cursor.move('a', { segment: 1, offset: 2 });
    const got: number[] = [];
    const { run, record } = running(
      {
        async send(sent) {
          got.push(...sequences(sent));
          return [];
        },
      },
      { cursor },
    );
    record.add(...lines.slice(0, 4));
    await run.caughtUp();
    await run.close();
    expect(got).toEqual([3, 4]);
  });

  it.each([
    ['throws', () => Promise.reject(new TypeError('x is not a function'))],
    [
      'throws at once',
      () => {
        throw new Error('down');
      },
    ],
    ['refuses what it was not given', async () => [{ id: 'another', reason: 'odd' }]],
    ['hangs', () => new Promise<never>(() => undefined)],
  ])('tries again where the sink %s, and moves on only then', async (_what, fails) => {
    let attempts = 0;
    const { run, record, kept } = running(
      { send: () => ((attempts += 1) < 3 ? fails() : Promise.resolve([])) },
      { timeout: 20 },
    );
    record.add(...lines.slice(0, 2));
    await run.caughtUp();
    expect({ attempts, place: kept.place, sent: run.metrics().sent }).toEqual({
      attempts: 3,
      place: { segment: 1, offset: 2 },
      sent: 2,
    });
    await run.close();
  });

  it('finds the one event for which a lot is refused, puts it aside and sends the others', async () => {
    const got: number[] = [];
    const { run, record, kept } = running({
      async send(sent) {
        if (sequences(sent).includes(7)) throw new EventsRefused('too large');
        got.push(...sequences(sent));
        return [];
      },
    });
    record.add(...lines.slice(0, 10));
    await run.caughtUp();
    await run.close();
    expect(got).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10]);
    expect(kept.aside).toEqual(['7: too large']);
    expect(run.metrics()).toMatchObject({ sent: 9, refused: 1 });
  });

  it('lets nobody wait while the sink fails all the time, until it does not any more', async () => {
    let down = true;
    const { run, record } = running({
      async send() {
        if (down) throw new Error('down');
        return [];
      },
    });
    record.add(...lines.slice(0, 1));
    await expect(run.caughtUp()).rejects.toThrow('The sink other has failed 5 times in a row.');
    await expect(run.caughtUp()).rejects.toThrow('in a row');
    expect(run.metrics()).toMatchObject({ breaker: 'open', sent: 0 });
    down = false;
    await vi.waitFor(() => expect(run.metrics()).toMatchObject({ breaker: 'closed', sent: 1 }));
    await run.caughtUp();
    await run.close();
  });

  it('says how old the oldest event is that was not sent', async () => {
    const { run, record } = running(
      { send: () => new Promise<never>(() => undefined) },
      { now: fiveMinutesLater },
    );
    record.add(...lines.slice(0, 1));
    await vi.waitFor(() => expect(run.metrics().oldestUnexportedAge).toBe(300_000));
    await run.close();
  });

  it('ends at once when it is closed, whatever the sink does, and tells who waits', async () => {
    const { run, record } = running({ send: () => new Promise<never>(() => undefined) });
    record.add(...lines.slice(0, 1));
    const waiting = expect(run.caughtUp()).rejects.toThrow('closed');
    await sleep(5);
    await run.close();
    await waiting;
  });

  it('loses nothing of an hour at 1,000 events a second in which the sink is down, and keeps nothing in memory', async () => {
    vi.useFakeTimers();
    let hour = true;
    let due = 1;
    const wrong: number[] = [];
    const perSecond = 1000;
    const total = 3600 * perSecond;
    let durable = 0;
    let tell = nothing;
    const lot = 5000;
    const source: RecordSource = {
      chain: 'a',
      async read(from) {
        const start = from?.offset ?? 0;
        const end = Math.min(durable, start + lot);
        if (end === start) return undefined;
        return {
          lines: Array.from({ length: end - start }, (_each, index) => at(start + index + 1)),
          next: { segment: 1, offset: end },
        };
      },
      watch(listener) {
        tell = listener;
        return () => undefined;
      },
    };
    let largest = 0;
    const { run, kept } = running(
      {
        async send(sent) {
          largest = Math.max(largest, sent.length);
          if (hour) throw new Error('down');
          for (const { event } of sent) {
            if (event.sequence !== due) wrong.push(event.sequence);
            due = event.sequence + 1;
          }
          return [];
        },
      },
      { source, firstRetry: 500 },
    );
    for (let second = 0; second < 3600; second += 1) {
      durable += perSecond;
      tell();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(run.metrics()).toMatchObject({ sent: 0, breaker: 'open' });
    expect(run.metrics().failures).toBeLessThan(150);
    hour = false;
    await vi.advanceTimersByTimeAsync(121_000);
    await vi.waitFor(() => expect(run.metrics().sent).toBe(total), { timeout: 20_000 });
    expect({ wrong, due, largest, place: kept.place }).toEqual({
      wrong: [],
      due: total + 1,
      largest: lot,
      place: { segment: 1, offset: total },
    });
    await run.close();
  }, 60_000);
});
