import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sharedFolder } from '../../../src/store/index.ts';
import { Race } from './race.ts';

/** The whole of it: `npm run acceptance:approvals`. */
it('workers that die at any step double, lose and run nothing without a recorded approval, over files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'approval-race-'));
  const shared = [sharedFolder({ folder }), sharedFolder({ folder })];
  const processes = shared.map(({ entries }) => entries);
  const report = await new Race({ approvals: 20, workers: 16, deadly: 0.1, processes }).run();
  await Promise.all(shared.map(async (each) => each.close()));
  await rm(folder, { recursive: true, force: true });
  expect(report).toMatchObject({ executed: 20, doubled: 0, lost: 0, unapproved: 0 });
  expect(report.killed).toBeGreaterThan(0);
}, 60_000);
