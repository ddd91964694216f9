import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load-config.ts';
import { watchPolicy, type WatchedPolicy } from '../../src/config/watch-policy.ts';
import { audit, memoryStore, type MemoryStore } from '../../src/middleware/index.ts';

const policy = (effect: string, folder = 'audit'): string => `version: 1
project: acme
audit: { folder: ${folder} }
rules: [{ name: one, effect: ${effect} }]
`;

let folder: string;
let path: string;
let store: MemoryStore;
let watched: WatchedPolicy;

const effects = (): unknown => watched.current().document.rules.map(({ effect }) => effect);
const recorded = (): unknown => store.events().map(({ type, data }) => ({ type, ...data }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'));
  path = join(folder, 'guard.yaml');
  await writeFile(path, policy('allow'));
  store = memoryStore();
  watched = await watchPolicy(await loadConfig(path), { ...audit({ store }), every: 1_000_000 });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await watched.close();
  await rm(folder, { recursive: true });
});

describe('a policy file that changes', () => {
  it('is in force once it was checked, and each version is recorded', async () => {
    const first = watched.current().digest;
    await writeFile(path, policy('deny'));
    await watched.check();
    expect(effects()).toEqual(['deny']);
    expect(recorded()).toEqual([
      { type: 'policy.changed', policyDigest: first },
      { type: 'policy.changed', policyDigest: watched.current().digest, previousDigest: first },
    ]);
  });

  it.each([
    ['is wrong', policy('permit'), 'guard.yaml:4:30 rules.0.effect'],
    ['is no YAML', '{', 'guard.yaml:'],
    [
      'names what is not there',
      `${policy('allow')}masks: [{ name: m, tags: [x], with: nullify }]\n`,
      'tag x',
    ],
    ['takes a new start', policy('deny', 'elsewhere'), 'The section audit of the policy file has changed'],
    [
      'asks nobody',
      `${policy('allow')}people: { a: { members: [{ id: b }] } }\n`,
      'The section people of the policy file has changed',
    ],
  ])('and %s leaves the old one in force, and says so once', async (_what, text, fault) => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { digest } = watched.current();
    await writeFile(path, text);
    await watched.check();
    await watched.check();
    expect(effects()).toEqual(['allow']);
    expect(recorded()).toEqual([
      { type: 'policy.changed', policyDigest: digest },
      { type: 'policy.refused', policyDigest: digest, fault: expect.stringContaining(fault) },
    ]);
    expect(warning.mock.calls).toEqual([
      [
        expect.stringContaining('stays in force'),
        { type: 'BigQueryGuardWarning', code: 'BIGQUERY_GUARD_POLICY' },
      ],
    ]);
  });

  it('is not in force before it stands in the record', async () => {
    vi.spyOn(store, 'append').mockRejectedValue(new Error('disk full'));
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await writeFile(path, policy('deny'));
    await expect(watched.check()).rejects.toThrow('disk full');
    expect(effects()).toEqual(['allow']);
  });

  it('that was mended is taken over', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await writeFile(path, '{');
    await watched.check();
    await writeFile(path, policy('deny'));
    await watched.check();
    expect(effects()).toEqual(['deny']);
  });
});

describe('a policy in several files', () => {
  it('is taken over when one that is included changes', async () => {
    await writeFile(join(folder, 'more.yaml'), 'version: 1\nrules: [{ name: two, effect: deny }]\n');
    await writeFile(path, `${policy('allow')}include: [more.yaml]\n`);
    await watched.check();
    expect(effects()).toEqual(['allow', 'deny']);
    await writeFile(join(folder, 'more.yaml'), 'version: 1\n');
    await watched.check();
    expect(effects()).toEqual(['allow']);
  });
});

describe('a configuration given in code', () => {
  it('is recorded as well', async () => {
    const own = memoryStore();
    const given = await watchPolicy(parseConfig(policy('allow')), audit({ store: own }));
    await given.check();
    expect(own.events().map(({ type, data }) => ({ type, ...data }))).toEqual([
      { type: 'policy.changed', policyDigest: given.current().digest },
    ]);
    await given.close();
  });
});
