import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { stdoutSink } from '../../../../src/middleware/audit/sinks/stdout-sink.ts';
import { testSink } from '../../../../src/testing/index.ts';
import { events, never } from './events.ts';

testSink(
  'standard output',
  async () => {
    let failing = false;
    const chunks: string[] = [];
    const stream = {
      write(text: string, done: (error?: Error | null) => void): void {
        if (failing) return done(new Error('The pipe is broken.'));
        chunks.push(text);
        done();
      },
    };
    return {
      sink: stdoutSink({ stream }),
      received: async () => chunks.join('').split('\n').slice(0, -1),
      fail: (now) => void (failing = now),
    };
  },
  { describe, expect, it },
);

it('waits until the line was taken', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const sending = stdoutSink({ stream }).send(events(1), never);
  stream.resume();
  expect(await sending).toEqual([]);
});
