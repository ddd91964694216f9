import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  fileAudit,
  readEvents,
  verify,
  type FileAuditOptions,
  type VerifyOptions,
} from '../../../src/middleware/audit/index.ts';
import { MerkleTree } from '../../../src/middleware/audit/file/merkle-tree.ts';
import { nodeDisk } from '../../../src/middleware/audit/file/disk.ts';
import { sha256 } from '../../../src/middleware/audit/canonical.ts';
import { entry, linesIn, temporaryFolder } from './harness.ts';

/** A chain of 12 entries in segments of a few events, closed in order. */
async function written(options: Partial<FileAuditOptions> = {}): Promise<string> {
  const folder = temporaryFolder();
  const store = fileAudit({ folder, segments: { maximumBytes: 2300 }, ...options });
  for (let number = 1; number <= 12; number += 1) await store.append([entry(number)]);
  await store.close();
  return folder;
}

async function numbers(folder: string): Promise<number[]> {
  const found: number[] = [];
  for await (const event of readEvents(folder)) {
    if (event.type === 'policy.changed') found.push(Number(event.data.policyDigest));
  }
  return found;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

async function problems(path: string, options?: VerifyOptions): Promise<string[]> {
  const report = await verify(path, options);
  return report.problems.map(
    ({ kind, file, line, sequence }) => `${kind} ${basename(file)} line ${line} event ${sequence}`,
  );
}

test('a segment is closed at its size, and the chain goes on over all of them in the order of names', async () => {
  const folder = await written();
  expect(readdirSync(folder).toSorted()).toEqual([
    'audit-0001.000001.jsonl',
    'audit-0001.000002.jsonl',
    'audit-0001.jsonl',
    'audit-0001.jsonl.segments',
  ]);
  expect(await numbers(folder)).toEqual(upTo(12));
  expect(await verify(folder)).toMatchObject({
    ok: true,
    events: 14,
    unsigned: 14,
    files: [{ segments: 3 }],
  });
  expect(await verify(join(folder, 'audit-0001.jsonl'))).toMatchObject({ ok: true, events: 14 });
});

test('a segment is closed at its age', async () => {
  let time = Date.parse('2026-01-01T00:00:00Z');
  const folder = temporaryFolder();
  const store = fileAudit({ folder, segments: { maximumAge: 3_600_000 }, now: () => new Date(time) });
  await store.append([entry(1)]);
  time += 3_599_000;
  await store.append([entry(2)]);
  time += 1_000;
  await store.append([entry(3)]);
  await store.close();
  const closed = join(folder, 'audit-0001.000001.jsonl');
  expect(linesIn(closed)).toHaveLength(3);
  expect(await verify(folder)).toMatchObject({ ok: true, events: 5 });
});

test('the next process goes on in the last segment, with the same manifest as one process alone', async () => {
  const folder = temporaryFolder();
  for (let number = 1; number <= 12; number += 1) {
    const store = fileAudit({ folder, segments: { maximumBytes: 2000 }, signing: { every: 3 } });
    await store.append([entry(number)]);
    await store.close();
  }
  expect(await numbers(folder)).toEqual(upTo(12));
  expect(await verify(folder)).toMatchObject({ ok: true, events: 36, unsigned: 0, problems: [] });
});

test.each([
  ['before the next file was made', (folder: string) => rmSync(join(folder, 'audit-0001.jsonl'))],
  ['before the manifest was written', () => undefined],
])('a crash %s is made good by the next process', async (_name, damage) => {
  const folder = await written();
  const manifest = join(folder, 'audit-0001.jsonl.segments');
  const path = join(folder, active);
  renameSync(path, join(folder, 'audit-0001.000003.jsonl'));
  writeFileSync(path, '');
  damage(folder);
  const store = fileAudit({ folder });
  await store.append([entry(13)]);
  await store.close();
  expect(linesIn(manifest)).toHaveLength(3);
  expect(await numbers(folder)).toEqual(upTo(13));
  expect(await verify(folder)).toMatchObject({ ok: true, files: [{ segments: 4 }] });
});

test('a rotation that fails refuses, loses nothing acknowledged, and is done when it can be', async () => {
  const folder = temporaryFolder();
  let failing: 'rename' | 'open' | undefined;
  const fail = (what: typeof failing): void => {
    if (failing === what) throw Object.assign(new Error('no'), { code: 'EIO' });
  };
  const disk = {
    ...nodeDisk,
    async rename(from: string, to: string) {
      fail('rename');
      await nodeDisk.rename(from, to);
    },
    async open(path: string) {
      fail('open');
      return nodeDisk.open(path);
    },
  };
  const store = fileAudit({ folder, disk, segments: { maximumBytes: 1500 } });
  const acknowledged: number[] = [];
  for (let number = 1; number <= 20; number += 1) {
    failing = number % 3 === 0 ? 'rename' : number % 3 === 1 && number > 1 ? 'open' : undefined;
    await store.append([entry(number)]).then(
      () => acknowledged.push(number),
      (error: unknown) => expect(error).toMatchObject({ guardCode: 'ERR_AUDIT_UNAVAILABLE' }),
    );
  }
  failing = undefined;
  await store.append([entry(21)]);
  await store.close();
  expect(acknowledged.length).toBeLessThan(20);
  expect(await numbers(folder)).toEqual([...acknowledged, 21]);
  expect(await verify(folder)).toMatchObject({ ok: true, problems: [] });
});

const first = 'audit-0001.000001.jsonl';
const second = 'audit-0001.000002.jsonl';
const active = 'audit-0001.jsonl';

function change(folder: string, name: string, edit: (lines: string[]) => readonly string[]): void {
  const path = join(folder, name);
  writeFileSync(
    path,
    edit(linesIn(path))
      .map((line) => `${line}\n`)
      .join(''),
  );
}

test.each([
  [
    'a changed event in a closed segment',
    (folder) => change(folder, first, (lines) => lines.with(2, lines[2]?.replace('ana', 'eve') ?? '')),
    [`altered ${first} line 3 event 3`],
  ],
  [
    'a dropped event in a closed segment',
    (folder) => change(folder, second, (lines) => lines.toSpliced(1, 1)),
    [`missing ${second} line 2 event 8`, `badManifest ${active}.segments line 2 event 6`],
  ],
  [
    'an end cut off a closed segment',
    (folder) => change(folder, first, (lines) => lines.slice(0, -1)),
    [`badManifest ${active}.segments line 1 event 1`, `missing ${second} line 1 event 6`],
  ],
  [
    'a removed segment',
    (folder) => rmSync(join(folder, first)),
    [
      `missing ${second} line 1 event 6`,
      `badHead ${active} line 1 event 3`,
      `missing ${active}.segments line 1 event 1`,
    ],
  ],
  [
    'swapped segments',
    (folder) => {
      renameSync(join(folder, first), join(folder, 'x'));
      renameSync(join(folder, second), join(folder, first));
      renameSync(join(folder, 'x'), join(folder, second));
    },
    [
      `missing ${first} line 1 event 6`,
      `badHead ${active} line 1 event 3`,
      `badManifest ${active}.segments line 1 event 1`,
      ...[1, 2, 3, 4, 5].map((event) => `reordered ${second} line ${event} event ${event}`),
      `badManifest ${active}.segments line 2 event 6`,
    ],
  ],
  [
    'the removed file in which the chain goes on',
    (folder) => rmSync(join(folder, active)),
    [`truncated ${active} line undefined event undefined`, `truncated ${active} line 5 event 14`],
  ],
  [
    'an altered entry of the manifest',
    (folder) =>
      change(folder, `${active}.segments`, (lines) =>
        lines.with(0, lines[0]?.replace('"events":5', '"events":4') ?? ''),
      ),
    [`badManifest ${active}.segments line 1 event 1`, `badManifest ${active}.segments line 1 event 1`],
  ],
  [
    'a line in the manifest that is no entry',
    (folder) => appendFileSync(join(folder, `${active}.segments`), '{}\n'),
    [`badManifest ${active}.segments line 3 event undefined`],
  ],
] satisfies [string, (folder: string) => void, string[]][])(
  '%s is found with its place',
  async (_name, damage, found) => {
    const folder = await written({ signing: { every: 3 } });
    expect(await problems(folder)).toEqual([]);
    damage(folder);
    expect(await problems(folder)).toEqual(found);
  },
);

test('a chain that was written anew with its manifest contradicts the key kept elsewhere', async () => {
  const folder = await written({ signing: { every: 3 } });
  const key = readFileSync(join(folder, `${active}.pub`), 'utf8');
  const other = await written({ signing: { every: 3 } });
  expect(await problems(other)).toEqual([]);
  const kinds = (await verify(other, { key })).problems.map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['badHead', 'badManifest', 'unsigned']));
});

/** RFC 9162 section 2.1.1, word for word. */
function rootOf(leaves: readonly string[]): string {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return leaves[0] ?? '';
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const parts = [rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split))];
  return sha256(Buffer.concat([Buffer.of(1), ...parts.map((part) => Buffer.from(part, 'hex'))]));
}

test('the root of a segment is that of the tree of RFC 9162 over the hashes of its events', () => {
  const tree = new MerkleTree();
  const leaves: string[] = [];
  expect(tree.root()).toBe(rootOf([]));
  for (let count = 1; count <= 40; count += 1) {
    const leaf = sha256(String(count));
    tree.add(leaf);
    leaves.push(leaf);
    expect(tree.root()).toBe(rootOf(leaves));
  }
});
