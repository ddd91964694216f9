// Started by crash.test.ts and killed at some moment: appends with eight writers and tells what was acknowledged.
import { writeSync } from 'node:fs';
import { fileAudit } from '../../../src/middleware/audit/index.ts';
import type { AuditEntry } from '../../../src/middleware/audit/index.ts';

const [, , file = '', first = '0'] = process.argv;
const store = fileAudit({ file, signing: { every: 50 } });
let number = Number(first);

function entry(value: number): AuditEntry {
  const policyDigest = String(value).padStart(64, '0');
  return {
    type: 'policy.changed',
    data: { policyDigest },
    principal: null,
    agent: null,
    session: null,
    call: null,
    job: null,
    time: new Date().toISOString(),
  };
}

async function write(): Promise<never> {
  for (;;) {
    const value = (number += 1);
    await store.append([entry(value)]);
    // Synchronously, so that what was said is heard even when the process is killed right after.
    writeSync(1, `${value}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, write));
