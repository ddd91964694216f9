import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit, fileAudit } from '../../src/middleware/audit/index.ts';
import { compose } from '../../src/call/compose.ts';
import { createContext } from '../../src/call/context.ts';
import { fromHttpRequest } from '../../src/call/normalise.ts';
import { readdir } from 'node:fs/promises';
import { guardYaml, policyFolder, type Folder } from './policy-files.ts';
import { runCli } from './run.ts';

/** Records calls as the guard does, and gives the file. */
async function recordOf(
  folder: string,
  calls: readonly Parameters<typeof fromHttpRequest>[0][],
): Promise<string> {
  const layer = audit({ store: fileAudit({ folder }) });
  const send = compose([layer], () => Promise.resolve({ status: 200, body: {}, headers: {} }));
  for (const request of calls) {
    const context = createContext({
      principal: { id: 'shop-agent', groups: ['agents'], delegation: [], verified: true },
      agent: { name: 'reporter' },
      signal: new AbortController().signal,
      now: () => new Date(),
      upstream: () => Promise.reject(new Error('nothing is sent')),
    });
    await send(fromHttpRequest(request), context);
  }
  await layer.close?.();
  const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  return join(folder, file);
}

const query = (sql: string): Parameters<typeof fromHttpRequest>[0] => ({
  method: 'POST',
  url: '/bigquery/v2/projects/acme/queries',
  body: { query: sql, useLegacySql: false },
});

describe('bigquery-guard diff', () => {
  let folder: Folder;
  let record: string;
  let old: string;
  let young: string;

  beforeAll(async () => {
    folder = await policyFolder();
    record = await recordOf(join(folder.path, 'audit'), [
      query("SELECT id FROM shop.customers WHERE email = 'ana@secret.example'"),
      query('SELECT email FROM shop.customers'),
      query('SELECT pay FROM hr.salaries'),
      query('SELECT id FROM customers'),
      { method: 'GET', url: '/bigquery/v2/projects/acme/datasets/hr/tables/salaries/data' },
      { method: 'GET', url: '/bigquery/v2/projects/acme/jobs/job_1' },
      {
        method: 'POST',
        url: '/bigquery/v2/projects/acme/jobs',
        body: {
          configuration: {
            extract: { sourceTable: { projectId: 'acme', datasetId: 'hr', tableId: 'salaries' } },
          },
        },
      },
    ]);
    const without = guardYaml.replace(/ {2}- \{ name: big.*\n/, '');
    old = await folder.write('old.yaml', without);
    young = await folder.write(
      'new.yaml',
      without
        .replace('effect: deny, reason: HR is closed.', 'operations: [write], effect: deny')
        .replace('rules:', 'rules:\n  - { name: hr, operations: [read], datasets: [hr], effect: allow }')
        .replace('with: nullify', 'with: lastFour'),
    );
  });

  afterAll(() => folder.remove());

  it('shows what changes, rule by rule, and what could not be replayed', async () => {
    const catalog = join(folder.path, 'catalog.yaml');
    const { code, printed } = await runCli(['diff', old, young, '--replay', record, '--catalog', catalog]);
    const general = printed.replaceAll(/ {2}\S+ \S+Z /g, '  ID TIME ');
    expect([code, general.split('\n')]).toEqual([
      1,
      [
        '4 calls replayed, 4 decided otherwise',
        '',
        'hide-pii: 2',
        '  ID TIME shop-agent by reporter',
        '    jobs.query: read acme.shop.customers',
        '    allow; masks acme.shop.customers.email nullify -> allow; masks acme.shop.customers.email lastFour',
        '  ID TIME shop-agent by reporter',
        '    jobs.query: read acme.shop.customers',
        '    allow; masks acme.shop.customers.email nullify -> allow; masks acme.shop.customers.email lastFour',
        '',
        'no-hr: 2',
        '  ID TIME shop-agent by reporter',
        '    jobs.query: read acme.hr.salaries',
        '    deny -> allow',
        '  ID TIME shop-agent by reporter',
        '    tabledata.list: read acme.hr.salaries',
        '    deny -> allow',
        '',
        'not replayed:',
        '  1: polls and pages follow the decision for their job',
        '  1: the tables of load, copy and extract jobs are not recorded',
        '  1: what the SQL does could not be proved with this catalog',
        '',
      ],
    ]);
    expect(printed).not.toContain('secret');
  });

  it('judges calls by the default dataset and the destination that they had', async () => {
    const destinationTable = { projectId: 'acme', datasetId: 'shop', tableId: 'copies' };
    const settings = { useLegacySql: false, defaultDataset: { datasetId: 'shop' } };
    const calls = await recordOf(join(folder.path, 'settings'), [
      {
        method: 'POST',
        url: '/bigquery/v2/projects/acme/jobs',
        body: {
          configuration: { query: { query: 'SELECT id FROM customers', ...settings, destinationTable } },
        },
      },
      {
        method: 'POST',
        url: '/bigquery/v2/projects/acme/queries',
        body: { query: 'SELECT id FROM customers', ...settings },
      },
    ]);
    const copies = '  - { name: copies, operations: [write], datasets: [shop], effect: allow }';
    const wider = await folder.write(
      'wider.yaml',
      guardYaml.replace(/ {2}- \{ name: big.*\n/, '').replace('rules:', `rules:\n${copies}`),
    );
    const catalog = join(folder.path, 'catalog.yaml');
    const { printed } = await runCli(['diff', old, wider, '--replay', calls, '--catalog', catalog]);
    expect(printed.replaceAll(/ {2}\S+ \S+Z /g, '  ID TIME ').split('\n')).toEqual([
      '2 calls replayed, 1 decided otherwise',
      '',
      'default: 1',
      '  ID TIME shop-agent by reporter',
      '    jobs.insert: read acme.shop.customers, write acme.shop.copies',
      '    deny -> allow',
      '',
    ]);
  });

  it('ends with 0 when nothing changes, and with 2 for a record that is not there', async () => {
    const [same, none] = await Promise.all([
      runCli(['diff', old, old, '--replay', record, '--json']),
      runCli(['diff', old, young, '--replay', join(folder.path, 'nothing.jsonl')]),
    ]);
    expect([same.code, JSON.parse(same.printed)]).toMatchObject([0, { changes: [] }]);
    expect([none.code, none.complained]).toEqual([2, expect.stringContaining('cannot be read')]);
  });
});
