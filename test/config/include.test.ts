import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineConfig, type RuleWritten } from '../../src/config/guard-settings.ts';
import { compileConfig, loadConfig, parseConfig } from '../../src/config/load-config.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'include-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function load(files: Readonly<Record<string, string>>, environment = '') {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), /\.[tj]s$/.test(name) ? text : `version: 1\n${text}`);
  }
  const main = 'guard.ts' in files ? 'guard.ts' : 'guard.yaml';
  return loadConfig(join(folder, main), environment);
}

async function fault(files: Readonly<Record<string, string>>, environment = ''): Promise<string> {
  try {
    compileConfig(await load(files, environment));
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : '';
  }
  return 'accepted';
}

const rest = 'project: acme\naudit: { folder: a }\n';
const rule = (name: string, more = ''): string => `rules:\n  - { name: ${name}, effect: deny${more} }\n`;

const digest = async (include: string, last: string): Promise<string> =>
  compileConfig(
    await load({
      'guard.yaml': `include: [${include}]\n${rest}`,
      'a.yaml': rule('one'),
      'b.yaml': rule(last),
    }),
  ).digest;

describe('files that are included', () => {
  it('are put together, names and lists, at every depth, each file once', async () => {
    const { file } = await load({
      'guard.yaml': `include: [rules/shop.yaml, tags.yaml]\n${rest}${rule('one')}`,
      'rules/shop.yaml': `include: [hr.yaml, ../tags.yaml]\ntags: { pii: { columns: [a.b.c] } }\n${rule('two')}`,
      'rules/hr.yaml': rule('three'),
      'tags.yaml': 'tags: { hr: { datasets: [hr] } }\n',
    });
    expect([file.rules.map(({ name }) => name), Object.keys(file.tags)]).toEqual([
      ['one', 'two', 'three'],
      ['pii', 'hr'],
    ]);
  });

  it('give the same policy whatever their order, and another one when one of them changes', async () => {
    const first = await digest('a.yaml, b.yaml', 'two');
    expect(await digest('b.yaml, a.yaml', 'two')).toBe(first);
    expect(await digest('a.yaml, b.yaml', 'three')).not.toBe(first);
  });

  it.each([
    [
      'a rule twice',
      { 'guard.yaml': `include: [a.yaml]\n${rest}${rule('one')}`, 'a.yaml': rule('one') },
      'a.yaml:3:13 The name one is used twice. Every rule, mask, detector, limit and budget needs its own.',
    ],
    [
      'a tag twice',
      {
        'guard.yaml': `include: [a.yaml]\n${rest}tags: { t: { datasets: [a] } }\n`,
        'a.yaml': 'tags:\n  t: { datasets: [b] }\n',
      },
      'a.yaml:3:6 tags.t also stands at guard.yaml:5:12. Every name may be defined once.',
    ],
    [
      'a setting twice',
      { 'guard.yaml': `include: [a.yaml]\n${rest}`, 'a.yaml': 'audit: { folder: b }\n' },
      'a.yaml:2:8 audit also stands at guard.yaml:4:8. A setting may stand in one file only.',
    ],
    [
      'a cycle',
      {
        'guard.yaml': `include: [a.yaml]\n${rest}`,
        'a.yaml': 'include:\n  - b.yaml\n',
        'b.yaml': 'include: [a.yaml]\n',
      },
      'b.yaml:2:11 The files include each other: guard.yaml -> a.yaml -> b.yaml -> a.yaml. Take one include out.',
    ],
    [
      'a file that is not there',
      { 'guard.yaml': `${rest}include: [x/../a.yaml]\n` },
      'guard.yaml:4:11 The file a.yaml cannot be read. Check the path and its permissions.',
    ],
    [
      'a file outside',
      { 'guard.yaml': `include:\n  - a.yaml\n  - ../../a.yaml\n${rest}`, 'a.yaml': '' },
      'guard.yaml:4:5 ../../a.yaml lies outside of ',
    ],
    [
      'an absolute path',
      { 'guard.yaml': `include: [/etc/passwd]\n${rest}` },
      'guard.yaml:2:11 /etc/passwd lies outside of',
    ],
    [
      'a wrong rule',
      {
        'guard.yaml': `include: [a.yaml]\n${rest}${rule('one')}`,
        'a.yaml': 'rules:\n  - { name: b, effect: permit }\n',
      },
      'a.yaml:3:24 rules.1.effect',
    ],
    [
      'an unknown section',
      { 'guard.yaml': `include: [a.yaml]\n${rest}`, 'a.yaml': 'ruls: []\n' },
      'a.yaml:2:7 Unrecognized key: "ruls". Did you mean "rules"?',
    ],
    [
      'a wrong condition in a block',
      {
        'guard.yaml': `include: [a.yaml]\n${rest}${rule('one')}`,
        'a.yaml': 'rules:\n  - name: b\n    effect: deny\n    when: |\n      true ||\n        facts.star\n',
      },
      'a.yaml:7:15 The condition of rule b cannot be used: No such key: star',
    ],
    ['another version', { 'guard.yaml': `include: [a.yaml]\n${rest}`, 'a.yaml': '%#' }, 'a.yaml:2:1'],
    [
      'includes that are no list',
      { 'guard.yaml': `include: a.yaml\n${rest}` },
      'guard.yaml:2:10 include Invalid input',
    ],
    [
      'what is no mapping',
      { 'guard.yaml': `include: [a.js]\n${rest}`, 'a.js': 'module.exports = 1;' },
      'a.js:1:1 ',
    ],
  ])('with %s are refused with their place', async (_what, files, message) => {
    expect(await fault(files)).toContain(message);
  });

  it('may not lead out of the folder by a link', async () => {
    const other = await mkdtemp(join(tmpdir(), 'include-'));
    await writeFile(join(other, 'a.yaml'), 'version: 1\n');
    await symlink(join(other, 'a.yaml'), join(folder, 'a.yaml'));
    expect(await fault({ 'guard.yaml': `include: [a.yaml]\n${rest}` })).toContain(
      'guard.yaml:2:11 a.yaml lies outside',
    );
    await rm(other, { recursive: true });
  });

  it('may be links within the folder, as a mounted ConfigMap has them', async () => {
    await mkdir(join(folder, '..data'));
    await writeFile(join(folder, '..data', 'a.yaml'), `version: 1\n${rule('one')}`);
    await symlink(join(folder, '..data', 'a.yaml'), join(folder, 'a.yaml'));
    const { file } = await load({ 'guard.yaml': `include: [a.yaml]\n${rest}` });
    expect(file.rules.map(({ name }) => name)).toEqual(['one']);
  });

  it('cannot be named by a text in memory', () => {
    expect(() => parseConfig(`version: 1\n${rest}include: [a.yaml]\n`)).toThrow(
      'guard.yaml:4:10 Only a policy that lies',
    );
  });
});

describe('environments', () => {
  const files = {
    'guard.yaml': `project: acme\n${rule('always')}environments: { production: [live.yaml], test: [test.yaml] }\n`,
    'live.yaml': `audit: { folder: /var/audit }\n${rule('live')}`,
    'test.yaml': 'audit: { folder: ./audit }\n',
  };

  it('add their own files', async () => {
    const { file } = await load(files, 'production');
    expect([file.audit.folder, file.rules.map(({ name }) => name)]).toEqual([
      '/var/audit',
      ['always', 'live'],
    ]);
    expect((await load(files, 'test')).file.audit.folder).toBe('./audit');
  });

  it.each([
    ['', 'guard.yaml:5:15 BIGQUERY_GUARD_ENVIRONMENT is not set. Set it to one of production, test.'],
    ['prod', 'guard.yaml:5:15 BIGQUERY_GUARD_ENVIRONMENT is prod, which is none of production, test.'],
  ])('refuse %j', async (environment, message) => {
    expect(await fault(files, environment)).toBe(message);
  });

  it('that a file does not have are refused', async () => {
    expect(await fault({ 'guard.yaml': rest }, 'test')).toContain('and the file has no environments');
  });
});

describe('a policy in TypeScript', () => {
  it('may use every key, and nothing else', () => {
    const settings = defineConfig({
      version: 1,
      project: 'acme',
      principal: { id: 'shop-agent', groups: ['agents'] },
      people: { owners: { members: [{ id: 'ana@acme.io', keys: ['whpk_abc'] }] } },
      tags: {
        pii: { columns: ['**.ssn'], tables: ['shop.t'], datasets: ['hr'], labels: { data: 'pii' } },
        secret: { policyTags: ['projects/p/locations/eu/taxonomies/1/policyTags/2'] },
      },
      unclassified: 'mask',
      rules: [
        {
          name: 'a',
          operations: ['read', 'tables.get'],
          when: 'facts.selectsStar',
          mode: 'monitor',
          effect: 'deny',
        },
        {
          name: 'b',
          principals: { ids: ['x'] },
          except: { agents: ['y'] },
          nativePolicies: 'accept',
          effect: 'allow',
        },
        {
          name: 'c',
          tags: ['pii'],
          effect: 'require-approval',
          approval: { from: ['owners'], expiresIn: '1h' },
        },
      ],
      masks: [{ name: 'm', tags: ['pii'], with: 'sha256', acceptGuessable: true }],
      limits: [
        { name: 'l', maximumBytesBilled: '10 GiB', rows: { max: 10 }, concurrent: 1, callsPerMinute: 60 },
      ],
      budgets: [{ name: 'd', per: 'session', period: 'month', bytes: '1 TiB', price: 5 }],
      cost: { edition: 'on-demand', pricePerTiB: 5, currency: 'EUR', dryRun: 'always', leaseFor: '1h' },
      audit: { folder: 'a', parameters: 'none', prompts: 'full', durability: 'before' },
      channels: { owners: { webhook: 'https://acme.io', secretFromEnv: 'SECRET', notify: ['owners'] } },
      approval: { callback: { port: 1 }, waitFor: '1m' },
      service: { tokens: [{ fromEnv: 'TOKEN', principal: { id: 'a' } }], upstream: { credentials: 'none' } },
    });
    expect(parseConfig(JSON.stringify(settings)).file.rules).toHaveLength(3);
    // @ts-expect-error: an unknown key
    expect(() => parseConfig(JSON.stringify(defineConfig({ version: 1, ruls: [] })))).toThrow('ruls');
    // @ts-expect-error: an approval without people
    const gate: RuleWritten = { name: 'a', effect: 'require-approval' };
    // @ts-expect-error: an operation that does not exist
    const slip: RuleWritten = { name: 'b', operations: ['raed'], effect: 'deny' };
    for (const wrong of [gate, slip])
      expect(() => parseConfig(JSON.stringify({ ...settings, rules: [wrong] }))).toThrow('rules.0');
  });

  it('says the same as one in YAML, and may include YAML', async () => {
    const { file } = await load({
      'guard.ts': `
        interface Named { readonly name: string }
        const rule: Named & { effect: 'deny' } = { name: 'one', effect: 'deny' };
        export default { version: 1, project: 'acme', include: ['a.yaml'], rules: [rule], audit: { folder: 'a' } };`,
      'a.yaml': rule('two'),
    });
    const yaml = await load({
      'guard.yaml': `include: [a.yaml]\n${rest}${rule('one')}`,
      'a.yaml': rule('two'),
    });
    expect({ ...file, include: undefined }).toEqual({ ...yaml.file, include: undefined });
  });

  it.each([
    ['that throws', 'throw new Error("secret");', 'cannot be read: the module throws or is not there.'],
    ['with a wrong rule', "export default { version: 1, rules: [{ name: 'a' }] };", 'guard.ts:1:1 rules.0'],
  ])('%s is refused', async (_what, text, message) => {
    const found = await fault({ 'guard.ts': text });
    expect(found).toContain(message);
    expect(found).not.toContain('secret');
  });
});
