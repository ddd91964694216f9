import { memoryUsage } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { asks, openGate, people, someCall, someContext, type Gate } from '../middleware/approval/harness.ts';

/** 10,000 calls that wait in one process: the heap that each takes, timers, and how soon a burst of decisions lets them go. */
const count = 10_000;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function heap(): number {
  collect();
  collect();
  return memoryUsage().heapUsed;
}

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

function open(): Gate {
  return openGate({
    maximumPending: count,
    people: people.slice(0, 1),
    record: async () => undefined,
    onProgress: () => undefined,
  });
}

export async function approvals(): Promise<void> {
  const gate = open();
  const { signal } = new AbortController();
  const decision = { ...asks, approval: { ...asks.approval, expiresInMs: 3_600_000 } };
  const [heapBefore, timersBefore] = [heap(), timers()];
  const calls: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    const call = someCall(`DELETE FROM shop.orders WHERE id = ${index}`);
    calls.push(gate.run(call, someContext({ signal, decision })));
  }
  while (gate.box.notices.length < count) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const perCall = (heap() - heapBefore) / count / 1024;
  const extra = timers() - timersBefore;
  const started = performance.now();
  await Promise.all(gate.box.notices.map(async (notice) => gate.decide(notice)));
  await Promise.all(calls);
  const seconds = (performance.now() - started) / 1000;
  line('heap of each of 10,000 waiting calls; goal 4 KB', `${perCall.toFixed(1)} KB`, perCall <= 4);
  line('timers for all of them; goal 1', String(extra), extra <= 1);
  line('decided and let go; goal 5 s', `${seconds.toFixed(1)} s`, seconds <= 5);
  await gate.gate.close();
}

function line(name: string, value: string, isReached: boolean): void {
  console.log(`${name.padEnd(52)} ${value.padStart(10)}  ${isReached ? 'ok' : 'OVER'}`);
}
