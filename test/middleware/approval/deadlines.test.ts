import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Deadlines } from '../../../src/middleware/approval/deadlines.ts';
import { WaitingCalls } from '../../../src/middleware/approval/waiting-calls.ts';

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

it('any number of deadlines share one timer, which ends with the last of them', async () => {
  const before = timers();
  const deadlines = new Deadlines(true);
  const stops = Array.from({ length: 1000 }, (_, index) => deadlines.add(60_000 + index, () => undefined));
  expect(timers() - before).toBe(1);
  for (const stop of stops) stop();
  expect(timers() - before).toBe(0);
});

it('a deadline fires once, not before its time', async () => {
  const deadlines = new Deadlines(true);
  const start = performance.now();
  const fired: number[] = [];
  for (const delay of [0, 120, 350])
    deadlines.add(delay, () => fired.push(performance.now() - start - delay));
  deadlines.add(200, () => fired.push(Number.NaN))();
  await sleep(900);
  expect(fired).toHaveLength(3);
  expect(fired.every((late) => late >= 0 && late < 400)).toBe(true);
});

it('a wait that was stopped leaves nothing behind, whether it was aborted or not', async () => {
  const waiting = new WaitingCalls();
  const abort = new AbortController();
  const wakes = Array.from({ length: 100 }, () => waiting.watch('id', 1000, abort.signal));
  expect(waiting.count('id')).toBe(100);
  waiting.wake('id');
  await Promise.all(wakes.map(async ({ woken }) => woken));
  for (const wake of wakes) wake.stop();
  abort.abort(new Error('late'));
  expect(waiting.count('id')).toBe(0);
  const late = waiting.watch('id', 1000, abort.signal);
  await expect(late.woken).rejects.toThrow('late');
  late.stop();
  expect(waiting.count('id')).toBe(0);
});
