import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { fileAudit, memoryStore, verify, type VerifyOptions } from '../../../src/middleware/audit/index.ts';
import { draft, genesis, seal } from '../../../src/middleware/audit/seal.ts';
import { entry, linesIn, temporaryFolder, writtenFile } from './harness.ts';

/** `audit.opened` is event 1, the entries are 2 to 9, `audit.closed` is 10. */
const entries = 8;

async function problems(file: string, options?: VerifyOptions): Promise<string[]> {
  const report = await verify(file, options);
  expect(report.ok).toBe(report.problems.length === 0);
  return report.problems.map(({ kind, line, sequence }) => `${kind} line ${line} event ${sequence}`);
}

function rewrite(file: string, change: (lines: string[]) => readonly string[]): void {
  writeFileSync(
    file,
    change(linesIn(file))
      .map((line) => `${line}\n`)
      .join(''),
  );
}

const swapped = (lines: readonly string[], from: number, to: number): string[] =>
  lines.map((line, index) => (index === from ? lines[to] : index === to ? lines[from] : line) ?? '');

test('an untouched record verifies', async () => {
  const file = await writtenFile(entries);
  expect(await verify(file)).toMatchObject({ ok: true, events: 10, problems: [], clockSteps: 1 });
});

test.each([
  [
    'a changed value',
    (lines) => lines.with(4, lines[4]?.replace('owners', 'nobody') ?? ''),
    ['altered line 5 event 5'],
  ],
  [
    'a changed hash',
    (lines) => lines.with(4, lines[4]?.replace(/"hash":"...../, '"hash":"00000') ?? ''),
    ['altered line 5 event 5', 'relinked line 6 event 6'],
  ],
  [
    'a changed sequence',
    (lines) => lines.with(4, lines[4]?.replace('"sequence":5', '"sequence":500') ?? ''),
    ['altered line 5 event 500'],
  ],
  ['an added space', (lines) => lines.with(4, ` ${lines[4]}`), ['altered line 5 event 5']],
  [
    'an added member',
    (lines) => lines.with(4, lines[4]?.replace('{"agent"', '{"a":1,"agent"') ?? ''),
    ['altered line 5 event 5'],
  ],
  [
    'a second member of one name',
    (lines) => lines.with(4, lines[4]?.replace('{"agent"', '{"type":"x","agent"') ?? ''),
    ['altered line 5 event 5'],
  ],
  ['a dropped event', (lines) => lines.toSpliced(4, 1), ['missing line 5 event 6']],
  ['a dropped beginning', (lines) => lines.slice(3), ['missing line 1 event 4']],
  [
    'two swapped events',
    (lines) => swapped(lines, 4, 5),
    ['missing line 5 event 6', 'reordered line 6 event 5'],
  ],
  ['a repeated event', (lines) => lines.toSpliced(7, 0, lines[3] ?? ''), ['duplicate line 8 event 4']],
  [
    'an event of the same place made anew',
    (lines) => lines.with(4, forged(lines, 4)),
    ['relinked line 6 event 6'],
  ],
  [
    'an appended forgery',
    (lines) => [...lines, seal(draft(entry(1)), { ...genesis, sequence: 10 }).line],
    ['relinked line 11 event 11'],
  ],
  ['foreign text', (lines) => lines.toSpliced(4, 0, 'hello'), ['altered line 5 event undefined']],
  ['an empty line', (lines) => lines.toSpliced(4, 0, ''), ['altered line 5 event undefined']],
  ['an emptied file', () => [], []],
] satisfies [string, (lines: string[]) => readonly string[], string[]][])(
  '%s is found with its place',
  async (_name, change, found) => {
    const file = await writtenFile(entries);
    rewrite(file, change);
    expect(await problems(file)).toEqual(found);
  },
);

function forged(lines: readonly string[], index: number): string {
  const before: { sequence: number; hash: string } = JSON.parse(lines[index - 1] ?? '');
  return seal(draft(entry(99)), { sequence: before.sequence, hash: before.hash }).line;
}

test('bytes that read as the recorded character and are another are found', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const store = fileAudit({ file });
  await store.append([{ ...entry(1), session: '\ufffd' }]);
  await store.close();
  const bytes = readFileSync(file).toString('latin1').replace('\u00ef\u00bf\u00bd', '\u00ff');
  writeFileSync(file, Buffer.from(bytes, 'latin1'));
  expect(await problems(file)).toEqual(['altered line 2 event undefined', 'missing line 3 event 3']);
});

test('a cut line is found', async () => {
  const file = await writtenFile(entries);
  writeFileSync(file, readFileSync(file).subarray(0, -10));
  expect(await problems(file)).toEqual(['truncated line 10 event undefined']);
});

test('a cut between lines is found by the signed heads', async () => {
  const file = await writtenFile(entries, 4);
  rewrite(file, (lines) => lines.slice(0, -1));
  expect(await problems(file)).toEqual(['truncated line 3 event 10']);
});

test('an emptied or removed file is found by the signed heads', async () => {
  const file = await writtenFile(entries, 4);
  writeFileSync(file, '');
  expect(await problems(file)).toEqual(['truncated line 3 event 10']);
  rmSync(file);
  expect(await problems(dirname(file))).toEqual(['truncated line 3 event 10']);
});

test('a chain that was written anew contradicts the signed heads', async () => {
  const file = await writtenFile(entries, 4);
  const store = memoryStore();
  for (let number = 1; number <= 10; number += 1) await store.append([entry(number)]);
  writeFileSync(file, store.lines.map((line) => `${line}\n`).join(''));
  expect(await problems(file)).toEqual([
    'badHead line 1 event 4',
    'badHead line 2 event 8',
    'badHead line 3 event 10',
  ]);
});

test('heads by another key, altered heads and old heads put back are found', async () => {
  const file = await writtenFile(entries, 4);
  const heads = linesIn(`${file}.heads`);
  const other = generateKeyPairSync('ed25519').publicKey;
  expect(await problems(file, { key: other })).toEqual([
    'badHead line 1 event 4',
    'badHead line 2 event 8',
    'badHead line 3 event 10',
    'unsigned line undefined event 10',
  ]);
  writeFileSync(
    `${file}.heads`,
    `${heads[0]?.replace('"sequence":4', '"sequence":6')}\n${heads[2]}\n${heads[1]}\nx\n`,
  );
  expect(await problems(file)).toEqual([
    'badHead line 1 event 6',
    'badHead line 3 event 8',
    'badHead line 4 event undefined',
  ]);
});

test('with a key, removed heads and a long unsigned end are found', async () => {
  const file = await writtenFile(entries, 4);
  const key = readFileSync(`${file}.pub`, 'utf8');
  expect(await problems(file, { key })).toEqual([]);
  const [first] = linesIn(`${file}.heads`);
  writeFileSync(`${file}.heads`, `${first}\n`);
  expect(await problems(file, { key })).toEqual([]);
  expect(await problems(file, { key, unsignedTail: 4 })).toEqual(['unsigned line undefined event 10']);
  rmSync(`${file}.heads`);
  expect(await problems(file, { key })).toEqual(['unsigned line undefined event 10']);
});

test('old files put back as a whole are found by an anchor', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const append = async (): Promise<void> => {
    const store = fileAudit({ file, signing: { every: 1 } });
    await store.append([entry(1)]);
    await store.close();
  };
  await append();
  const old = [readFileSync(file), readFileSync(`${file}.heads`)] as const;
  await append();
  const anchors = (await verify(file)).files.map(({ end }) => end);
  expect(await problems(file, { anchors })).toEqual([]);
  writeFileSync(file, old[0]);
  writeFileSync(`${file}.heads`, old[1]);
  expect(await problems(file)).toEqual([]);
  expect(await problems(file, { anchors })).toEqual(['anchorMismatch line undefined event 6']);
});

test('nothing to read is a problem', async () => {
  const folder = temporaryFolder();
  expect(await problems(folder)).toEqual(['unreadable line undefined event undefined']);
  expect(await problems(join(folder, 'none.jsonl'))).toEqual(['unreadable line undefined event undefined']);
});

test('each file of a folder is a chain of its own', async () => {
  const file = await writtenFile(entries);
  rewrite(file, (lines) => lines.toSpliced(2, 1));
  const folder = dirname(file);
  const store = fileAudit({ folder });
  await store.append([entry(1)]);
  await store.close();
  const report = await verify(folder);
  expect(report.events).toBe(12);
  expect(report.problems).toMatchObject([{ kind: 'missing', file, line: 3, sequence: 4 }]);
});

test('events beyond a chunk of reading are joined', async () => {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const store = fileAudit({ file });
  for (let number = 0; number < 5; number += 1) {
    await store.append([{ ...entry(number), session: '\u00e9'.repeat(700_000) }]);
  }
  await store.close();
  expect(await verify(file)).toMatchObject({ ok: true, events: 7 });
});
