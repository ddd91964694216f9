import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, afterAll } from 'vitest';
import { fileAudit, verify } from '../../../src/middleware/audit/index.ts';
import { ok, someCall } from '../../call/harness.ts';
import { failingDisk } from './failing-disk.ts';
import { entry, eventsIn, guarded, numbersIn, temporaryFolder } from './harness.ts';

const unavailable = { guardCode: 'ERR_AUDIT_UNAVAILABLE' };

test('a disk that fills in the middle of a batch loses nothing acknowledged, and writing goes on with space', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const disk = failingDisk(5_000);
  const store = fileAudit({ file, disk });
  const acknowledged = await appendUntilRefused(store);
  expect(acknowledged.length).toBeGreaterThan(2);
  await expect(store.append([entry(998)])).rejects.toMatchObject(unavailable);
  disk.space = 1_000_000;
  await store.append([entry(999)]);
  await store.close();
  expect(numbersIn(file)).toEqual([...acknowledged, 999]);
  expect(eventsIn(file).find(({ type }) => type === 'audit.recovered')?.data).toEqual({
    cause: 'unavailable',
    code: 'ENOSPC',
    refused: 2,
  });
  expect(await verify(file)).toMatchObject({ ok: true });
});

test('all who share a batch that fails are refused, and none of them is in the record', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const disk = failingDisk(1_000_000);
  const store = fileAudit({ file, disk });
  await store.append([entry(0)]);
  disk.space = 2_000;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 64 }, (_, index) => store.append([entry(index + 1)])),
  );
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
  await store.close().catch(() => undefined);
  expect(numbersIn(file)).toEqual([0]);
});

test('a failed sync acknowledges nothing; the file is opened anew and goes on', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const disk = failingDisk(1_000_000);
  const store = fileAudit({ file, disk });
  await store.append([entry(1)]);
  disk.syncError = Object.assign(new Error('bad block'), { code: 'EIO' });
  await expect(store.append([entry(2)])).rejects.toMatchObject(unavailable);
  await expect(store.append([entry(3)])).rejects.toMatchObject(unavailable);
  disk.syncError = undefined;
  await store.append([entry(4)]);
  await store.close();
  expect(numbersIn(file)).toEqual([1, 4]);
  expect(await verify(file)).toMatchObject({ ok: true });
});

test('on a full disk calls are refused and nothing is sent; with space they pass again', async () => {
  const disk = failingDisk(0);
  const store = fileAudit({ folder: temporaryFolder(), disk });
  let sent = 0;
  const { run, context } = guarded({ store }, [], async () => {
    sent += 1;
    return ok;
  });
  await expect(run(someCall(), context)).rejects.toMatchObject(unavailable);
  expect(sent).toBe(0);
  disk.space = 1_000_000;
  expect(await run(someCall(), context)).toEqual(ok);
  expect(sent).toBe(1);
  await store.close();
});

test('a signed head that does not fit is written later, and is never half a head', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const disk = failingDisk(3_000);
  const store = fileAudit({ file, disk, signing: { every: 1 } });
  const acknowledged = await appendUntilRefused(store);
  disk.space = 1_000_000;
  await store.append([entry(999)]);
  await store.close();
  expect(numbersIn(file)).toEqual([...acknowledged, 999]);
  expect(await verify(file)).toMatchObject({ ok: true, problems: [] });
});

const mounted = mount();

test.skipIf(mounted === undefined)('a real full file system behaves in the same way', async () => {
  const folder = mounted ?? '';
  const file = join(folder, 'audit.jsonl');
  const store = fileAudit({ file });
  await store.append([entry(0)]);
  writeFileSync(join(folder, 'ballast'), Buffer.alloc(44_000));
  const acknowledged = [0, ...(await appendUntilRefused(store))];
  rmSync(join(folder, 'ballast'));
  await store.append([entry(999)]);
  await store.close();
  expect(numbersIn(file)).toEqual([...acknowledged, 999]);
  expect(await verify(file)).toMatchObject({ ok: true });
  expect(statSync(file).size).toBeGreaterThan(4096);
});

const readOnly = readOnlyFolder();

test.skipIf(readOnly === undefined)('a folder that may not be written refuses', async () => {
  const store = fileAudit({ file: join(readOnly ?? '', 'audit.jsonl') });
  await expect(store.append([entry(1)])).rejects.toMatchObject(unavailable);
});

async function appendUntilRefused(store: ReturnType<typeof fileAudit>): Promise<number[]> {
  const acknowledged: number[] = [];
  for (let number = 1; number < 500; number += 1) {
    try {
      await store.append([entry(number)]);
    } catch (error) {
      expect(error).toMatchObject(unavailable);
      return acknowledged;
    }
    acknowledged.push(number);
  }
  throw new Error('The disk never filled.');
}

/** Only root on Linux may mount; elsewhere the failing disk above stands for it. */
function mount(options = 'size=64k'): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'audit-mount-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  afterAll(() => execFileSync('umount', [folder]));
  return folder;
}

/** No mode keeps root from writing, only a file system that is mounted so. */
function readOnlyFolder(): string | undefined {
  if (process.getuid?.() === 0) return mount('ro');
  const folder = mkdtempSync(join(tmpdir(), 'audit-read-only-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o500);
  return folder;
}
