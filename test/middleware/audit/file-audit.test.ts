import {
  appendFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fileAudit, verify } from '../../../src/middleware/audit/index.ts';
import { entry, eventsIn, linesIn, numbersIn, temporaryFolder, writtenFile } from './harness.ts';
import { testAuditStore } from './test-audit-store.ts';

const unavailable = { guardCode: 'ERR_AUDIT_UNAVAILABLE' };

testAuditStore('fileAudit with a file', () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  return { store: fileAudit({ file }), lines: () => linesIn(file) };
});

testAuditStore('fileAudit with a folder and signed heads', () => {
  const folder = join(temporaryFolder(), 'audit');
  const store = fileAudit({ folder, signing: { every: 3 } });
  return { store, lines: () => linesIn(join(folder, 'audit-0001.jsonl')) };
});

test('one process after another continues the chain', async () => {
  const folder = join(temporaryFolder(), 'audit');
  for (const number of [1, 2, 3]) {
    const store = fileAudit({ folder });
    await store.append([entry(number)]);
    await store.close();
  }
  const file = join(folder, 'audit-0001.jsonl');
  expect(eventsIn(file).map(({ sequence, type }) => `${sequence} ${type}`)).toEqual([
    '1 audit.opened',
    '2 policy.changed',
    '3 audit.closed',
    '4 audit.opened',
    '5 policy.changed',
    '6 audit.closed',
    '7 audit.opened',
    '8 policy.changed',
    '9 audit.closed',
  ]);
  expect(await verify(folder)).toMatchObject({ ok: true, events: 9 });
});

test('files and folders belong to their user alone', async () => {
  const folder = join(temporaryFolder(), 'audit');
  const store = fileAudit({ folder, signing: {} });
  await store.append([entry(1)]);
  const modes = readdirSync(folder).map((name) => [
    name,
    (statSync(join(folder, name)).mode & 0o777).toString(8),
  ]);
  expect(Object.fromEntries(modes)).toEqual({
    'audit-0001.jsonl': '600',
    'audit-0001.jsonl.heads': '600',
    'audit-0001.jsonl.key': '600',
    'audit-0001.jsonl.lock': '600',
    'audit-0001.jsonl.pub': '644',
  });
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  await store.close();
});

test('the second writer of a file is refused until the first is done', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const first = fileAudit({ file });
  await first.append([entry(1)]);
  const second = fileAudit({ file });
  await expect(second.append([entry(2)])).rejects.toMatchObject(unavailable);
  await first.close();
  await second.append([entry(3)]);
  await second.close();
  expect(numbersIn(file)).toEqual([1, 3]);
});

test('the second writer of a folder takes a file of its own', async () => {
  const folder = temporaryFolder();
  const stores = [fileAudit({ folder }), fileAudit({ folder })];
  await Promise.all(stores.map((store, index) => store.append([entry(index)])));
  await Promise.all(stores.map((store) => store.close()));
  expect(readdirSync(folder).toSorted()).toEqual(['audit-0001.jsonl', 'audit-0002.jsonl']);
  expect(await verify(folder)).toMatchObject({ ok: true, events: 6 });
});

test.each([
  ['of a process that is gone', JSON.stringify({ process: 4_000_000, host: 'here', started: '1' })],
  ['that was cut off', '{"process":'],
])('a lock %s is taken over by exactly one', async (_name, lock) => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  writeFileSync(`${file}.lock`, lock.replace('here', hostname()));
  const stores = Array.from({ length: 4 }, () => fileAudit({ file }));
  const outcomes = await Promise.allSettled(stores.map((store, index) => store.append([entry(index)])));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await Promise.all(stores.map((store) => store.close()));
  expect(numbersIn(file)).toHaveLength(1);
});

test.runIf(process.platform === 'linux')(
  'a lock of a process whose number was given again is taken over',
  async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    writeFileSync(`${file}.lock`, JSON.stringify({ process: process.pid, host: hostname(), started: '1' }));
    const store = fileAudit({ file });
    await store.append([entry(1)]);
    await store.close();
    expect(numbersIn(file)).toEqual([1]);
  },
);

test('closing waits for what is being written', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const store = fileAudit({ file });
  const appends = [1, 2, 3].map((number) => store.append([entry(number)]));
  await store.close();
  expect(numbersIn(file)).toEqual([1, 2, 3]);
  await Promise.all(appends);
});

test('a signed head that a crash cut is no forgery', async () => {
  const file = await writtenFile(3, 2);
  appendFileSync(`${file}.heads`, '{"hash":"');
  const store = fileAudit({ file, signing: { every: 2 } });
  await store.append([entry(4)]);
  await store.close();
  expect(await verify(file)).toMatchObject({ ok: true, files: [{ signedUpTo: 8 }] });
});

test('a lock of another machine is respected', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  writeFileSync(`${file}.lock`, JSON.stringify({ process: 1, host: 'elsewhere.example', started: '1' }));
  await expect(fileAudit({ file }).append([entry(1)])).rejects.toMatchObject(unavailable);
});

test('a torn end is set aside and every whole event kept', async () => {
  const file = await writtenFile(3);
  const torn = '{"agent":null,"call":';
  appendFileSync(file, torn);
  const store = fileAudit({ file });
  await store.append([entry(4)]);
  await store.close();
  expect(numbersIn(file)).toEqual([1, 2, 3, 4]);
  expect(eventsIn(file).find(({ type }) => type === 'audit.recovered')?.data).toMatchObject({
    cause: 'torn',
    bytes: torn.length,
  });
  expect(await verify(file)).toMatchObject({ ok: true });
});

test('blocks of zeros after the last event are set aside as well', async () => {
  const file = await writtenFile(3);
  appendFileSync(file, Buffer.concat([Buffer.alloc(100_000), Buffer.from('\n\n{"a":1}\nx')]));
  const store = fileAudit({ file });
  await store.append([entry(4)]);
  await store.close();
  expect(numbersIn(file)).toEqual([1, 2, 3, 4]);
  expect(await verify(file)).toMatchObject({ ok: true });
});

test('a file whose first event is cut off begins anew', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  writeFileSync(file, '{"agent":nu');
  const store = fileAudit({ file });
  await store.append([entry(1)]);
  await store.close();
  expect(numbersIn(file)).toEqual([1]);
  expect(await verify(file)).toMatchObject({ ok: true, events: 4 });
});

test('nothing is added to a file whose last event was altered', async () => {
  const file = await writtenFile(3);
  const lines = linesIn(file);
  const last = lines.at(-1)?.replace(/"process":\d+/, '"process":1') ?? '';
  writeFileSync(file, `${[...lines.slice(0, -1), last].join('\n')}\n`);
  await expect(fileAudit({ file }).append([entry(4)])).rejects.toMatchObject(unavailable);
  expect(linesIn(file).at(-1)).toBe(last);
});

test.each([
  ['removed', (file: string) => rmSync(file)],
  ['moved away', (file: string) => renameSync(file, `${file}.old`)],
  ['replaced', (file: string) => (renameSync(file, `${file}.old`), writeFileSync(file, ''))],
  ['cut', (file: string) => truncateSync(file, 10)],
  ['written by somebody else', (file: string) => appendFileSync(file, 'x\n')],
])('an append after the file was %s is refused', async (_name, change) => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const store = fileAudit({ file });
  await store.append([entry(1)]);
  change(file);
  await wait(120);
  await expect(store.append([entry(2)])).rejects.toMatchObject(unavailable);
  await store.close().catch(() => undefined);
});

test('what somebody else wrote in between costs no acknowledged event', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const store = fileAudit({ file });
  await store.append([entry(1)]);
  appendFileSync(file, 'x\n');
  // Within the time after a look at the file these are acknowledged.
  await store.append([entry(2)]).catch(() => undefined);
  await wait(120);
  for (const number of [3, 4]) await expect(store.append([entry(number)])).rejects.toMatchObject(unavailable);
  await store.close().catch(() => undefined);
  const lines = linesIn(file).filter((line) => line.includes('policy.changed'));
  expect(lines[1]).toContain('2'.padStart(64, '0'));
});

test('a folder that cannot be written refuses and names no path', async () => {
  const file = join(temporaryFolder(), 'occupied');
  writeFileSync(file, '');
  const error = await fileAudit({ folder: join(file, 'audit') })
    .append([entry(1)])
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject(unavailable);
  expect(String(error)).toContain('ENOTDIR');
  expect(String(error)).not.toContain(file);
});
