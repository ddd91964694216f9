import { expect, it } from 'vitest';
import { asks, openGate, people, someCall, someContext } from './harness.ts';

const count = 10_000;

it('10,000 calls wait without a timer each, and one burst of decisions lets all of them go', async () => {
  const warnings: unknown[] = [];
  const warn = (warning: unknown): number => warnings.push(warning);
  process.on('warning', warn);
  const gate = openGate({
    maximumPending: count,
    people: people.slice(0, 1),
    record: async () => undefined,
    onProgress: () => undefined,
  });
  const { signal } = new AbortController();
  // Long enough for a machine that has much else to do.
  const decision = { ...asks, approval: { ...asks.approval, expiresInMs: 600_000 } };
  const timersBefore = timers();
  const calls = Array.from({ length: count }, async (_, index) =>
    gate.run(someCall(`DELETE FROM shop.orders WHERE id = ${index}`), someContext({ signal, decision })),
  );
  while (gate.box.notices.length < count) await new Promise((resolve) => setImmediate(resolve));
  expect(timers() - timersBefore).toBeLessThanOrEqual(1);
  const answers = await Promise.all(gate.box.notices.map(async (notice) => gate.decide(notice)));
  await Promise.all(calls);
  process.off('warning', warn);
  expect(new Set(answers.map((response) => response.status))).toEqual(new Set([200]));
  expect([gate.sent.length, new Set(gate.sent.map((call) => call.id)).size]).toEqual([count, count]);
  expect(timers() - timersBefore).toBeLessThanOrEqual(0);
  expect(warnings).toEqual([]);
}, 240_000);

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
