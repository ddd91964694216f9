import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPolicyText } from '../../src/config/check-policy.ts';
import { runCli } from './run.ts';

const head = 'version: 1\nproject: acme\naudit: { folder: ./audit }\n';

const places = (text: string): readonly string[] =>
  checkPolicyText(`${head}${text}`, 'guard.yaml').findings.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );

describe('faults of conditions have the line and column of the character', () => {
  it.each([
    ["  - { name: a, effect: deny, when: 'facts.star' }", '5:43'],
    ['  - { name: a, effect: deny, when: "true || facts.star" }', '5:51'],
    ['  - name: a\n    effect: deny\n    when: facts.star', '7:17'],
    ['  - name: a\n    effect: deny\n    when: |\n      true ||\n        facts.star\n', '9:15'],
    ['  - name: a\n    effect: deny\n    when: cost.bytes > bytes("10 GiB") || facts.star', '7:49'],
    // Folded lines and escapes have other places in the text: the beginning is shown.
    ['  - name: a\n    effect: deny\n    when: "\\x74rue || facts.star"', '7:11'],
  ])('%j', (rule, place) => {
    const [message] = places(`rules:\n${rule}`);
    expect(message).toMatch(new RegExp(`^${place} .* No such key: star`));
  });
});

describe('a rule that asks a group', () => {
  const asking = `people: { owners: { members: [{ id: ana }] }, legal: { members: [{ id: ben }] } }
rules: [{ name: gate, effect: require-approval, approval: { from: [owners, legal] } }]
`;
  const hook = "webhook: 'https://acme.io', secretFromEnv: SECRET";

  it.each([
    ['', ['5:68', '5:76']],
    [`channels: { a: { ${hook}, notify: [owners] } }`, ['5:76']],
    [`channels: { a: { ${hook}, notify: [owners] }, b: { ${hook}, notify: [legal] } }`, []],
    [`channels: { a: { ${hook} } }`, []],
  ])('needs a channel that tells it: %j', (channels, expected) => {
    const found = places(`${asking}${channels}`).filter((line) => line.includes('whom no channel tells'));
    expect(found.map((line) => line.split(' ')[0])).toEqual(expected);
  });
});

describe('bigquery-guard check', () => {
  let folder: string;
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'check-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('ends with 0 for warnings, and with 1 when they count', async () => {
    const file = await write(
      'doubles.yaml',
      `${head}rules:\n  - { name: a, effect: deny }\n  - { name: b, effect: deny }\n`,
    );
    const [plain, strict] = await Promise.all([runCli(['check', file]), runCli(['check', '--strict', file])]);
    expect([plain.code, strict.code]).toEqual([0, 1]);
    expect(plain.printed.split('\n')).toEqual([
      `${file}:6:5 warning: Rule b changes no decision: rule a denies whatever it speaks about.`,
      expect.stringMatching(/2 rules, 0 masks, 0 limits, 0 budgets; digest [0-9a-f]{64}$/),
      '0 errors, 1 warning',
      '',
    ]);
  });

  it('prints JSON, with names that the catalog does not have', async () => {
    const file = await write(
      'names.yaml',
      `${head}rules: [{ name: a, tables: [shop.nope], effect: deny }]\n`,
    );
    const catalog = await write(
      'catalog.yaml',
      'version: 1\nproject: acme\ntables: [{ name: shop.orders, columns: { id: INT64 } }]\n',
    );
    const { code, printed } = await runCli(['check', '--json', '--catalog', catalog, file]);
    expect([code, JSON.parse(printed)]).toMatchObject([
      1,
      {
        file,
        policy: { rules: 1, masks: 0, limits: 0, budgets: 0 },
        findings: [
          {
            severity: 'error',
            kind: 'unknown',
            line: 4,
            column: 29,
            message: 'The catalog has no table shop.nope.',
          },
        ],
      },
    ]);
  });

  it('shows faults of the file, and ends with 1', async () => {
    const file = await write('faulty.yaml', `${head}rulez: []\n`);
    const { code, printed } = await runCli(['check', file]);
    expect([code, printed]).toEqual([
      1,
      `${file}:4:8 Unrecognized key: "rulez". Did you mean "rules"?\n1 error, 0 warnings\n`,
    ]);
  });

  it.each([
    ['no file', ['check']],
    ['a file that is not there', ['check', '/nowhere/guard.yaml']],
    ['an unknown option', ['check', '--fast', 'guard.yaml']],
  ])('ends with 2 for %s', async (_what, words) => {
    const { code, printed, complained } = await runCli(words);
    expect([code, printed]).toEqual([2, '']);
    expect(complained).not.toBe('');
  });
});
