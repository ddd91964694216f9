import { draft, genesis, seal } from '../middleware/audit/seal.ts';
import { recordedEvent, sendLot } from '../middleware/audit/sinks/lot.ts';
import type { AuditSink, RecordedEvent } from '../middleware/audit/sinks/sink.ts';
import type { TestApi } from './test-middleware.ts';

/** A sink with the other side that it writes to. */
export interface SinkBench {
  readonly sink: AuditSink;
  /** The lines of the events that the other side holds, in the order in which it got them. */
  received(): Promise<readonly string[]>;
  /** Makes the other side fail every request, or not any more. */
  fail(failing: boolean): void | Promise<void>;
  /** Makes the other side refuse the event with this id for good; where it can do such a thing. */
  refuse?(id: string): void;
  close?(): Promise<void>;
}

const never = new AbortController().signal;

/**
 * Checks that a sink keeps the contract: events arrive in order, whole, and once for who looks at their ids; what is down is
 * tried again; what is refused is named and takes nothing with it.
 *
 * ```ts
 * testSink('my sink', async () => ({ sink, received, fail }), { describe, expect, it });
 * ```
 */
export function testSink(name: string, open: () => Promise<SinkBench>, api: TestApi): void {
  const check = (title: string, run: (bench: SinkBench) => Promise<void>): void => {
    api.it(title, async () => {
      const bench = await open();
      try {
        await run(bench);
      } finally {
        await bench.sink.close?.();
        await bench.close?.();
      }
    });
  };

  api.describe(`${name} as a sink`, () => {
    check('has a name that can be part of the name of a file', async ({ sink }) => {
      api.expect(/^[\w-]+$/.test(sink.name)).toEqual(true);
    });

    check('hands over every event as it stands in the record, in order', async (bench) => {
      const events = chain(5);
      api.expect(await bench.sink.send(events, never)).toEqual([]);
      api.expect(await bench.received()).toEqual(linesOf(events));
    });

    check('hands over long and unusual texts as they are', async (bench) => {
      const odd = ['\u0000\u2028"\\\n', '😀'.repeat(90_000), 'ü'.repeat(110_000)];
      const events = chain(odd.length, (index) => odd[index] ?? '');
      api.expect(await bench.sink.send(events, never)).toEqual([]);
      api.expect(await bench.received()).toEqual(linesOf(events));
    });

    check('lets the other side see what is sent again as the same', async (bench) => {
      const events = chain(3);
      await bench.sink.send(events, never);
      await bench.sink.send(events, never);
      api.expect([...new Set(await bench.received())]).toEqual(linesOf(events));
    });

    check('rejects while the other side fails, and goes on afterwards', async (bench) => {
      const events = chain(2);
      await bench.fail(true);
      api.expect(await outcomeOf(bench.sink.send(events, never))).toEqual('rejected');
      await bench.fail(false);
      await bench.sink.send(events, never);
      api.expect([...new Set(await bench.received())]).toEqual(linesOf(events));
    });

    check('names the event that is refused for good, and hands over the others', async (bench) => {
      const events = chain(5);
      const [, , refused] = events;
      if (bench.refuse === undefined || refused === undefined) return;
      bench.refuse(refused.event.id);
      const answer = await sendLot(bench.sink, events, never);
      api.expect(answer.map(({ id }) => id)).toEqual([refused.event.id]);
      const others = events.filter((each) => each !== refused);
      api.expect([...new Set(await bench.received())]).toEqual(linesOf(others));
    });
  });
}

const linesOf = (events: readonly RecordedEvent[]): readonly string[] => events.map(({ line }) => line);

async function outcomeOf(sending: Promise<unknown>): Promise<'resolved' | 'rejected'> {
  try {
    await sending;
    return 'resolved';
  } catch {
    return 'rejected';
  }
}

/** Events of a chain as the record would hold them. */
function chain(
  count: number,
  text: (index: number) => string = () => 'what was asked',
): readonly RecordedEvent[] {
  let end = genesis;
  return Array.from({ length: count }, (_each, index) => {
    const sealed = seal(
      draft({
        type: 'prompt.recorded',
        data: { prompt: { hash: '0'.repeat(64), bytes: 1, text: text(index) } },
        principal: { id: 'ana', groups: ['analysts'], delegation: [], verified: true },
        agent: { name: 'reporter', model: 'm1' },
        session: 's1',
        call: null,
        job: null,
        time: `2026-11-25T10:00:0${index % 10}.000Z`,
      }),
      end,
    );
    end = sealed.end;
    return recordedEvent(sealed.line);
  });
}
