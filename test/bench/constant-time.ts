// Whether the time of checking a signature tells how much of a wrong one is right: Welch's t over many checks of
// signatures that are wrong in their first and in their last byte. Above 4.5 it would tell (dudect's limit). Beside it
// stands a comparison that stops at the first difference, which the same measure has to find.
// Run it: node test/bench/constant-time.ts

import { createHmac } from 'node:crypto';
import { readVerifyingKey } from '../../src/middleware/approval/keys.ts';
import { isSignedBy, type SignedMessage } from '../../src/middleware/approval/signature.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const key = readVerifyingKey(secret);
const message: SignedMessage = { id: 'msg_1', timestamp: 1_614_265_330, body: Buffer.from('{"test": 1}') };
const right = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
  .update('msg_1.1614265330.{"test": 1}')
  .digest();

function wrongAt(place: number): Buffer {
  return Buffer.from(right.map((byte, index) => (index === place ? byte ^ 255 : byte)));
}

const classes = [wrongAt(0), wrongAt(31)] as const;

function stopping(given: Buffer): boolean {
  for (let index = 0; index < right.length; index += 1) if (given[index] !== right[index]) return false;
  return true;
}

interface Sum {
  count: number;
  mean: number;
  squares: number;
}

function add(sum: Sum, value: number): void {
  sum.count += 1;
  const delta = value - sum.mean;
  sum.mean += delta / sum.count;
  sum.squares += delta * (value - sum.mean);
}

const spread = (sum: Sum): number => sum.squares / (sum.count - 1) / sum.count;

function welch(check: (place: 0 | 1) => boolean, rounds: number, repeat: number): number {
  const sums = [
    { count: 0, mean: 0, squares: 0 },
    { count: 0, mean: 0, squares: 0 },
  ] as const;
  let wrong = 0;
  for (let round = 0; round < rounds; round += 1) {
    const place = Math.random() < 0.5 ? 0 : 1;
    const start = process.hrtime.bigint();
    for (let time = 0; time < repeat; time += 1) if (check(place)) wrong += 1;
    const took = Number(process.hrtime.bigint() - start);
    // The rare long ones are the scheduler's and the collector's.
    if (round > rounds / 10 && took < 40_000 * repeat) add(sums[place], took);
  }
  if (wrong > 0) throw new Error('A wrong signature was taken.');
  const [first, last] = sums;
  return (first.mean - last.mean) / Math.sqrt(spread(first) + spread(last));
}

const headers = classes.map((bytes) => `v1,${bytes.toString('base64')}`);
for (let run = 1; run <= 3; run += 1) {
  const ours = welch((place) => isSignedBy(message, headers[place] ?? '', key), 300_000, 1);
  const control = welch((place) => stopping(classes[place]), 300_000, 100);
  console.log(`run ${run}: t = ${ours.toFixed(2)}, of a comparison that stops early ${control.toFixed(2)}`);
}
