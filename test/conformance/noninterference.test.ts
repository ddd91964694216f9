import { describe, expect, it } from 'vitest';
import { constantSecrets, partialSecrets } from './noninterference/data.ts';
import { distinguishes, judge } from './noninterference/judge.ts';
import { openSides } from './noninterference/sides.ts';
import { sample } from './oracle/generated.ts';

/** The long form is `npm run conformance:noninterference`. */
describe.each([constantSecrets, partialSecrets])('under $name', (secrets) => {
  it('two sides that differ only in what is masked answer alike', async () => {
    const sides = await openSides(secrets);
    try {
      const told = { clear: 0, ran: 0, differences: [] as readonly unknown[] };
      for (const numbers of sample(7, 40)) {
        const judged = await judge(numbers, sides);
        if (judged.verdict === 'equal') told.ran += 1;
        if (judged.verdict === 'differs') told.differences = [...told.differences, judged];
      }
      for (const sql of ['SELECT email FROM customers', 'SELECT device.os FROM `q-1.raw.visits`'])
        if (await distinguishes(sql, sides)) told.clear += 1;
      expect(told).toEqual({ clear: 2, ran: expect.any(Number), differences: [] });
      expect(told.ran).toBeGreaterThan(12);
    } finally {
      await sides.close();
    }
  }, 180_000);
});
