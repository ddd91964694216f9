import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedFolder } from '../../src/store/index.ts';
import { Race } from '../middleware/approval/race.ts';

/** 200 workers race to decide on and execute 1,000 approvals over one folder, and die at random: `npm run acceptance:approvals`. */
const [approvals = 1000, workers = 200] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'approval-race-'));
const shared = Array.from({ length: 4 }, () => sharedFolder({ folder }));
const started = performance.now();
const processes = shared.map(({ entries }) => entries);
const report = await new Race({ approvals, workers, deadly: 0.02, processes }).run();
await Promise.all(shared.map(async (each) => each.close()));
rmSync(folder, { recursive: true, force: true });
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`${workers} workers, ${approvals} approvals, ${seconds} s: ${JSON.stringify(report)}`);
const { executed, doubled, lost, unapproved } = report;
process.exitCode = executed === approvals && doubled + lost + unapproved === 0 ? 0 : 1;
