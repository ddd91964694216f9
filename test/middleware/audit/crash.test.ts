import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { verify } from '../../../src/middleware/audit/index.ts';
import { eventsIn, numbersIn, temporaryFolder } from './harness.ts';

const kills = 20;
const writer = join(import.meta.dirname, 'crash-writer.ts');

/** Runs a writer until it has acknowledged something, kills it a moment later, and returns what it acknowledged. */
async function killedWriter(file: string, first: number, afterMs: number): Promise<number[]> {
  const child = spawn(process.execPath, [writer, file, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  await wait(afterMs);
  child.kill('SIGKILL');
  await once(child, 'close');
  return told.split('\n').slice(0, -1).map(Number);
}

test(
  `after ${kills} kills under load every acknowledged event is there, and the chain verifies`,
  { timeout: 120_000 },
  async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    const acknowledged: number[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      acknowledged.push(...(await killedWriter(file, kill * 1_000_000, (kill * 7) % 40)));
    }
    const found = new Set(numbersIn(file));
    expect(acknowledged.length).toBeGreaterThan(kills);
    expect(acknowledged.filter((number) => !found.has(number))).toEqual([]);
    expect(await verify(file)).toMatchObject({ ok: true, problems: [] });
    expect(eventsIn(file).filter(({ type }) => type === 'audit.opened')).toHaveLength(kills);
  },
);
