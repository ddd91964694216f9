import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DurableChain } from '../../../src/middleware/audit/file/durable-chain.ts';
import { segmentPath } from '../../../src/middleware/audit/file/segments.ts';
import type { RecordPlace } from '../../../src/middleware/audit/sinks/record-source.ts';
import { temporaryFolder } from './harness.ts';

const line = (number: number): string => `{"sequence":${number}}`;
const text = (...numbers: readonly number[]): string => numbers.map((each) => `${line(each)}\n`).join('');

function chain() {
  const path = join(temporaryFolder(), 'audit-0001.jsonl');
  return { path, durable: new DurableChain() };
}

/** Everything from a place on, in portions of so many bytes. */
async function rest(durable: DurableChain, from: RecordPlace | undefined, bytes: number): Promise<string[]> {
  const lines: string[] = [];
  for (let place = from; ;) {
    const portion = await durable.read(place, bytes);
    if (portion === undefined) return lines;
    lines.push(...portion.lines);
    place = portion.next;
  }
}

it('has nothing to give before the record is opened', async () => {
  const { durable } = chain();
  expect([durable.chain, await durable.read(undefined, 100)]).toEqual([undefined, undefined]);
});

it('gives what is durable, and nothing that was only written', async () => {
  const { path, durable } = chain();
  writeFileSync(path, text(1, 2, 3));
  durable.reached(path, { segment: 1, offset: text(1, 2).length });
  expect(durable.chain).toBe('audit-0001');
  expect(await durable.read(undefined, 1000)).toEqual({
    lines: [line(1), line(2)],
    next: { segment: 1, offset: text(1, 2).length },
  });
  expect(await durable.read({ segment: 1, offset: text(1, 2).length }, 1000)).toBe(undefined);
});

it.each([1, 14, 15, 20, 1000])('gives whole lines when %i bytes are asked for', async (bytes) => {
  const { path, durable } = chain();
  writeFileSync(path, text(1, 2, 33, 4));
  durable.reached(path, { segment: 1, offset: text(1, 2, 33, 4).length });
  expect(await rest(durable, undefined, bytes)).toEqual([1, 2, 33, 4].map(line));
});

it('goes on in the next segment, and finds a segment under the name that it was given since', async () => {
  const { path, durable } = chain();
  writeFileSync(path, text(1, 2));
  durable.reached(path, { segment: 1, offset: text(1, 2).length });
  const first = await durable.read(undefined, 1);
  renameSync(path, segmentPath(path, 1));
  // The chain has gone on, but nobody has told yet.
  writeFileSync(path, text(3));
  expect(await rest(durable, first?.next, 1000)).toEqual([line(2)]);
  durable.reached(path, { segment: 2, offset: text(3).length });
  expect(await rest(durable, first?.next, 1000)).toEqual([line(2), line(3)]);
});

it('begins with the oldest segment that is still there', async () => {
  const { path, durable } = chain();
  for (const number of [1, 2, 3]) writeFileSync(segmentPath(path, number), text(number));
  writeFileSync(path, text(4));
  rmSync(segmentPath(path, 1));
  durable.reached(path, { segment: 4, offset: text(4).length });
  expect(await rest(durable, undefined, 1000)).toEqual([2, 3, 4].map(line));
});

it('passes over segments that were removed', async () => {
  const { path, durable } = chain();
  writeFileSync(segmentPath(path, 3), text(3));
  writeFileSync(path, text(4));
  durable.reached(path, { segment: 4, offset: text(4).length });
  expect(await rest(durable, { segment: 1, offset: 0 }, 1000)).toEqual([3, 4].map(line));
});

it('tells who watches that there is more, until nobody wants to know', async () => {
  const { path, durable } = chain();
  let told = 0;
  const unwatch = durable.watch(() => void (told += 1));
  writeFileSync(path, text(1));
  durable.reached(path, { segment: 1, offset: text(1).length });
  unwatch();
  appendFileSync(path, text(2));
  durable.reached(path, { segment: 1, offset: text(1, 2).length });
  expect(told).toBe(1);
});
