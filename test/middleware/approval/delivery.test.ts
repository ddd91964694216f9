import { afterEach, describe, expect, it } from 'vitest';
import {
  approval,
  type ApprovalChannel,
  type ApprovalRecord,
} from '../../../src/middleware/approval/index.ts';
import { eventually, failure, openGate, people, postbox, type Gate } from './harness.ts';

const open: Gate[] = [];
afterEach(async () => Promise.all(open.splice(0).map(async ({ gate }) => gate.close())));

function started(options: Parameters<typeof openGate>[0]): Gate {
  const gate = openGate(options);
  open.push(gate);
  return gate;
}

/** Fails as often as it is told, as a webhook does that tries again. */
function flaky(failures: number, name = 'flaky'): ApprovalChannel & { readonly settledAs: string[] } {
  const settledAs: string[] = [];
  return {
    name,
    settledAs,
    async notify(_notice, way) {
      for (let attempt = 1; attempt <= failures; attempt += 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        way.signal.throwIfAborted();
        way.attemptFailed(`answered 503`);
      }
    },
    settled: async (record: ApprovalRecord) => void settledAs.push(record.state),
  };
}

const silent = (name: string): ApprovalChannel & { readonly stopped: boolean[] } => {
  const stopped: boolean[] = [];
  return {
    name,
    stopped,
    notify: async (_notice, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped.push(true);
          reject(new Error('stopped'));
        });
      }),
  };
};

describe('the delivery', () => {
  it('is logged, attempt by attempt, in the audit and in a list', async () => {
    const gate = started({ channels: [flaky(2)], onPending: 'throw' });
    await failure(gate.run());
    const [entry] = gate.gate.deliveries();
    const id = entry?.approval ?? '';
    const at = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(gate.gate.deliveries(id)).toEqual([
      { approval: id, channel: 'flaky', attempt: 1, at, outcome: 'failed', message: 'answered 503' },
      { approval: id, channel: 'flaky', attempt: 2, at, outcome: 'failed', message: 'answered 503' },
      { approval: id, channel: 'flaky', attempt: 3, at, outcome: 'delivered' },
    ]);
    const requestHash = (await gate.gate.find(id))?.requestHash;
    const told = { approval: id, requestHash, channel: 'flaky' };
    expect(gate.events.slice(1)).toEqual([
      {
        type: 'approval.undelivered',
        data: { ...told, attempt: 1, outcome: 'failed', message: 'answered 503' },
      },
      {
        type: 'approval.undelivered',
        data: { ...told, attempt: 2, outcome: 'failed', message: 'answered 503' },
      },
      { type: 'approval.notified', data: { ...told, attempt: 3 } },
    ]);
    expect(gate.gate.deliveries('another')).toEqual([]);
  });

  it('goes on by the other channels when one has told somebody and the call has gone', async () => {
    const late = flaky(5, 'late');
    const gate = started({ channels: [postbox(), late], onPending: 'throw' });
    await failure(gate.run());
    const outcomes = (): string[] =>
      gate.gate.deliveries().map(({ channel, outcome }) => `${channel} ${outcome}`);
    await eventually(() => outcomes().includes('late delivered'));
    expect(outcomes()[0]).toBe('postbox delivered');
  });

  it('ends with the question, and every channel is told how it ended', async () => {
    const waiting = silent('silent');
    const told = flaky(0, 'chat');
    const box = postbox();
    const gate = started({ channels: [box, waiting, told] });
    const next = box.next();
    const running = gate.run();
    await gate.decide(await next);
    await running;
    expect([waiting.stopped, told.settledAs]).toEqual([[true], ['approved']]);
  });

  it('counts nobody as told when that cannot be written down', async () => {
    const gate = started({
      channels: [flaky(0)],
      record: async ({ type }) => {
        if (type === 'approval.notified') throw new Error('disk full');
      },
    });
    expect(await failure(gate.run())).toMatchObject({
      code: 'ERR_APPROVAL_EXPIRED',
      message: expect.stringContaining('Nobody could be told that the call needs approval (disk full)'),
    });
  });
});

describe('channels', () => {
  it('have names of their own', () => {
    expect(() => approval({ channels: [postbox(), postbox()], people })).toThrow(
      'Two channels of approval have the name postbox. Give each its own.',
    );
  });
});
