import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fixtureJsonSchema } from '../../src/config/json-schema.ts';
import { loadFixtures } from '../../src/config/load-fixtures.ts';
import { policyFolder, type Folder } from './policy-files.ts';
import { runCli } from './run.ts';

const head = `version: 1
policy: guard.yaml
catalog: catalog.yaml
principals: { agent: { id: shop-agent, groups: [agents] } }
tests:
`;

const right = `${head}
  - name: e-mail addresses are hidden
    principal: agent
    sql: SELECT email FROM customers
    dataset: shop
    bytes: 1 GiB
    expect:
      effect: allow
      rules: [shop]
      masks: { shop.customers.EMAIL: nullify }
      limits: { maximumBytesBilled: 10 GiB, concurrent: 3 }
      sql: SELECT email FROM (SELECT CAST(NULL AS STRING) AS email FROM customers AS guard_row) AS customers
  - name: much needs a person
    principal: agent
    sql: SELECT id FROM shop.customers
    bytes: 6 GiB
    expect: { effect: require-approval, approvers: [ana], quorum: 1, masks: {} }
  - name: rows of HR are closed
    principal: { id: bo }
    request: { method: GET, path: /projects/acme/datasets/hr/tables/salaries/data }
    expect: { effect: deny, code: ERR_POLICY_DENIED, rules: [no-hr] }
`;

describe('bigquery-guard test', () => {
  let folder: Folder;

  beforeAll(async () => {
    folder = await policyFolder();
  });

  afterAll(() => folder.remove());

  it('ends with 0 when all is as expected, and names what decided nothing', async () => {
    const file = await folder.write('right.yaml', right);
    const { code, printed } = await runCli(['test', file]);
    expect([code, printed.split('\n')]).toEqual([
      0,
      [
        file,
        '  ok   e-mail addresses are hidden',
        '  ok   much needs a person',
        '  ok   rows of HR are closed',
        '',
        `${join(folder.path, 'guard.yaml')}: nothing was decided by rule stars`,
        '3 passed, 0 failed',
        '',
      ],
    ]);
  });

  it('ends with 1 when something is not, and writes JUnit XML', async () => {
    const file = await folder.write(
      'wrong.yaml',
      `${head}
  - name: 'a <"&> name'
    principal: agent
    sql: SELECT email FROM shop.customers
    bytes: 1 GiB
    expect: { effect: deny, masks: {}, limits: { rows: 5 } }
`,
    );
    const xml = join(folder.path, 'junit.xml');
    const { code, printed } = await runCli(['test', '--json', '--junit', xml, file]);
    const { runs } = JSON.parse(printed) as { runs: { tests: { differences: unknown }[] }[] };
    expect([code, runs[0]?.tests[0]?.differences]).toEqual([
      1,
      [
        { what: 'effect', expected: 'deny', found: 'allow' },
        { what: 'masks', expected: 'none', found: 'shop.customers.email: nullify' },
        { what: 'limits.rows', expected: '5', found: 'nothing' },
      ],
    ]);
    const written = await readFile(xml, 'utf8');
    expect(written).toContain('<testsuites name="bigquery-guard" tests="1" failures="1"');
    expect(written).toContain('name="a &lt;&quot;&amp;&gt; name"');
    expect(written).toContain('<failure message="effect: expected deny, found allow">');
  });

  it.each([
    ['a principal that is not there', 'principal: bob, sql: SELECT 1, expect: { effect: deny }', /5:|6:/],
    ['neither SQL nor a request', 'principal: agent, expect: { effect: deny }', /either sql or request/],
    ['an unknown key', 'principal: agent, sql: SELECT 1, expect: { efect: deny }', /Did you mean "effect"/],
  ])('ends with 2 for %s', async (_what, keys, message) => {
    const file = await folder.write('faulty.yaml', `${head}  - { name: a, ${keys} }\n`);
    const { code, printed, complained } = await runCli(['test', file]);
    expect([code, printed, complained]).toEqual([2, '', expect.stringMatching(message)]);
  });

  it('reads what its JSON Schema takes, and the shipped schema is the one in the code', async () => {
    const shipped = await readFile(new URL('../../docs/fixtures.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(shipped)).toEqual(fixtureJsonSchema());
    const judge = new Ajv2020({ validateFormats: false }).compile(fixtureJsonSchema());
    expect(judge(parse(right))).toBe(true);
    expect((await loadFixtures(await folder.write('right.yaml', right))).tests).toHaveLength(3);
    expect(judge(parse(`${head}  - { name: a, sql: SELECT 1 }`))).toBe(false);
  });
});
