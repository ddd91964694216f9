import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyFolder, type Folder } from './policy-files.ts';
import { runCli, type Ended } from './run.ts';

let folder: Folder;

beforeAll(async () => {
  folder = await policyFolder();
});

afterAll(() => folder.remove());

function explain(...words: readonly string[]): Promise<Ended> {
  const files = ['--config', join(folder.path, 'guard.yaml'), '--catalog', join(folder.path, 'catalog.yaml')];
  return runCli(['explain', ...files, ...words]);
}

describe('bigquery-guard explain with a policy', () => {
  it('goes from what a call does to what would be sent', async () => {
    const { code, printed } = await explain('--bytes', '1 GiB', 'SELECT * FROM shop.customers');
    expect(code).toBe(0);
    expect(printed.slice(printed.indexOf('what the call does')).split('\n')).toEqual([
      'what the call does:',
      '  read acme.shop.customers',
      '',
      'rules:',
      '  shop (allow) speaks',
      '  no-hr (deny) says nothing, by its datasets',
      '  big (require-approval) says nothing, by its when',
      '  stars (deny, monitored) speaks',
      '',
      'decision:',
      '  allow by shop',
      '  monitored: stars would say deny',
      '',
      'masks:',
      '  acme.shop.customers.email nullify, by hide-pii',
      '',
      'limits:',
      '  small: at most 10 GiB billed, 3 jobs at once',
      '',
      'sent as maximumBytesBilled:',
      '  10737418240',
      '',
      'sent to BigQuery:',
      '  SELECT * FROM (SELECT guard_row.id, CAST(NULL AS STRING) AS email FROM shop.customers AS guard_row) AS customers',
      '',
    ]);
  });

  it('ends with 3 when people would be asked, and names them', async () => {
    const { code, printed } = await explain('--bytes', '6 GiB', '--json', 'SELECT id FROM shop.customers');
    expect([code, JSON.parse(printed)]).toMatchObject([
      3,
      { effect: 'require-approval', rules: ['big', 'shop'], approval: { approvers: ['ana'], quorum: 1 } },
    ]);
  });

  it('ends with 1 for a denial, and says by which selector other rules keep silent', async () => {
    const { code, printed } = await explain('--principal', 'bo', '--json', 'SELECT pay FROM hr.salaries');
    expect([code, JSON.parse(printed)]).toMatchObject([
      1,
      {
        effect: 'deny',
        code: 'ERR_POLICY_DENIED',
        rules: ['no-hr'],
        reasons: [{ rule: 'no-hr', message: 'HR is closed.' }],
        verdicts: [
          { rule: 'shop', said: 'nothing', because: 'principals' },
          { rule: 'no-hr', said: 'speaks' },
          { rule: 'big', said: 'pending' },
          { rule: 'stars', said: 'pending' },
        ],
      },
    ]);
  });

  it('says that a rule over the cost denies where nobody knows the cost', async () => {
    const { code, printed } = await explain('--json', 'SELECT id FROM shop.customers');
    expect([code, JSON.parse(printed)]).toMatchObject([1, { rules: ['big'] }]);
  });

  it('shows limits that would refuse the call', async () => {
    const { code, printed } = await explain('--bytes', '20 GiB', '--json', 'SELECT id FROM shop.customers');
    expect([code, JSON.parse(printed)]).toMatchObject([
      1,
      { effect: 'deny', code: 'ERR_LIMIT_EXCEEDED', rules: ['small'] },
    ]);
  });

  it('shows the gap that refuses a query', async () => {
    const { code, printed } = await explain('SELECT nope FROM shop.customers');
    expect(code).toBe(1);
    expect(printed).toContain('gap unknown-column: there is no column nope');
    expect(printed).toContain('  deny (ERR_SQL_UNPROVEN) by sql');
  });

  it('ends with 2 for a size that is none', async () => {
    const { code, complained } = await explain('--bytes', 'many', 'SELECT 1');
    expect([code, complained]).toEqual([2, expect.stringContaining('many is no size')]);
  });
});
