import { createHmac, createSecretKey } from 'node:crypto';
import { maskOf } from '../../src/middleware/masking/masks/index.ts';

/**
 * `node test/bench/keyed-hash.ts`: what a hash under a prepared key takes, against the same with a raw key for each value, and
 * what tokens that can be turned back take against it. Ratios of medians of short runs, all in this process.
 */
const raw = Buffer.alloc(64, 7);
const secrets = {
  keys: new Map([['k', [{ id: 1, secret: createSecretKey(raw) }] as const]]),
  random: undefined,
  query: '',
};
const hash = maskOf({ with: 'cryptoHash', key: 'k' }, secrets);
const deterministic = maskOf({ with: 'cryptoDeterministic', key: 'k' }, secrets);
const preserving = maskOf({ with: 'formatPreserving', key: 'k', alphabet: 'numeric' }, secrets);

const values = Array.from({ length: 1000 }, (_, index) => String(4_111_111_111_110_000 + index));

function microseconds(work: (value: string) => unknown): number {
  const run = (): number => {
    const started = performance.now();
    for (const value of values) work(value);
    return ((performance.now() - started) * 1000) / values.length;
  };
  for (let i = 0; i < 5; i += 1) run();
  return Array.from({ length: 15 }, run).toSorted((a, b) => a - b)[7] ?? Number.NaN;
}

const prepared = microseconds((value) => hash.cell(value, 'STRING'));
const unprepared = microseconds((value) =>
  createHmac('sha256', createSecretKey(Buffer.from(raw.toString('base64'), 'base64')))
    .update(value)
    .digest('base64'),
);
const plainKey = microseconds((value) => createHmac('sha256', raw).update(value).digest('base64'));
const lines: readonly (readonly [string, number])[] = [
  ['cryptoHash', prepared],
  ['the same, key prepared for each value', unprepared],
  ['the same, raw key for each value', plainKey],
  ['cryptoDeterministic', microseconds((value) => deterministic.cell(value, 'STRING'))],
  ['formatPreserving, 16 digits', microseconds((value) => preserving.cell(value, 'STRING'))],
];
for (const [name, each] of lines)
  console.log(`${name.padEnd(40)} ${each.toFixed(2).padStart(8)} µs  ${(each / prepared).toFixed(2)}x`);
const isPrepared = prepared <= plainKey && prepared <= unprepared;
console.log(isPrepared ? 'ok' : 'OVER: a prepared key takes longer than a raw one');
process.exitCode = isPrepared ? 0 : 1;
