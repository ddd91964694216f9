import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileAudit } from '../../src/middleware/audit/index.ts';
import { callOf, hr, shop } from '../middleware/audit/calls.ts';
import { temporary } from './temporary.ts';
import { runCli } from './run.ts';

let folder: string;

beforeAll(async () => {
  folder = temporary();
  const store = fileAudit({ folder });
  await store.append(callOf('c1', shop, 'SELECT email FROM shop.customers', '2026-11-25T10:00:00.000Z'));
  await store.append(
    callOf('c2', hr, '=SELECT "pay", 1 FROM hr.salaries', '2026-11-25T11:00:00.000Z', 'refused'),
  );
  await store.append(callOf('c3', shop, 'SELECT \u001b[2J\u202Ename', '2026-11-25T12:00:00.000Z', 'open'));
  await store.close();
});

const calls = (printed: string): readonly string[] =>
  printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('  ')[1] ?? '');

describe('bigquery-guard audit search', () => {
  it.each([
    [['--principal', 'ana', '--until', '2026-11-25T11:30:00Z'], ['c1']],
    [['--rule', 'no-hr', '--agent', 'reporter'], []],
  ])('with %j finds %j', async (words, found) => {
    const { code, printed } = await runCli(['audit', 'search', folder, ...words]);
    expect({ code, calls: calls(printed) }).toEqual({ code: found.length > 0 ? 0 : 1, calls: found });
  });

  it('prints a line that a terminal cannot misread', async () => {
    const { printed } = await runCli(['audit', 'search', folder, '--since', '2026-11-25T11:30:00Z']);
    expect(printed).toBe(
      '2026-11-25T12:00:00.000Z  c3  ana  reporter  jobs.query  allow  unfinished  SELECT ⟨U+001B⟩[2J⟨U+202E⟩name\n',
    );
  });

  it.each([
    [['--since', 'yesterday'], '--since is no time.'],
    [['--colour', 'red'], "unknown option '--colour'"],
  ])('ends with 2 for %j', async (words, message) => {
    const { code, complained } = await runCli(['audit', 'search', folder, ...words]);
    expect(code).toBe(2);
    expect(complained).toContain(message);
  });

  it('ends with 2 where there is no record', async () => {
    const { code, complained } = await runCli(['audit', 'search', `${folder}/none`]);
    expect({ code, complained }).toEqual({
      code: 2,
      complained: `ERR_CONFIG: There is no record at ${folder}/none.\n`,
    });
  });
});

const exported = async (...words: readonly string[]): Promise<string> =>
  (await runCli(['audit', 'export', folder, ...words])).printed;

describe('bigquery-guard audit export', () => {
  it('gives the events of calls as lines of JSON', async () => {
    const lines = (await exported('--rule', 'no-hr')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).type)).toEqual([
      'call.started',
      'decision.made',
      'call.failed',
    ]);
  });

  it('gives a table in which no cell is a formula', async () => {
    const [head = '', ...rows] = (await exported('--form', 'csv')).split('\r\n');
    expect(head).toMatch(/^time,call,principal,delegation,agent,model,session,operation,sql,/);
    expect(rows).toHaveLength(4);
    expect(rows[0]).toBe(
      '2026-11-25T10:00:00.000Z,c1,ana,portal,reporter,m1,s1,jobs.query,SELECT email FROM shop.customers,' +
        'acme.shop.customers,allow,read-shop,acme.shop.customers.email:nullify,,finished,3,10485760,12,',
    );
    expect(rows[1]).toContain(`,"'=SELECT ""pay"", 1 FROM hr.salaries",`);
  });

  it('gives OCSF datastore activities with everything that the class demands', async () => {
    const events = (await exported('--form', 'ocsf'))
      .trim()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    for (const event of events) {
      for (const attribute of required) expect(event).toHaveProperty(attribute);
      expect(event['type_uid']).toBe(600_500 + Number(event['activity_id']));
      expect('database' in event || 'table' in event).toBe(true);
    }
    const control = events.map(({ action_id, disposition_id, status_id }) => ({
      action_id,
      disposition_id,
      status_id,
    }));
    expect(control).toEqual([
      { action_id: 4, disposition_id: 1, status_id: 1 },
      { action_id: 2, disposition_id: 2, status_id: 2 },
      { action_id: 4, disposition_id: 17, status_id: 0 },
    ]);
    expect(events[0]).toMatchObject({
      class_uid: 6005,
      activity_id: 4,
      metadata: { version: '1.8.0', correlation_uid: 'c1', product: { name: 'bigquery-guard' } },
      actor: {
        user: { uid: 'ana', groups: [{ name: 'analysts' }] },
        app_name: 'reporter',
        session: { uid: 's1' },
      },
      database: { name: 'shop', uid: 'acme.shop' },
      table: { name: 'customers', uid: 'acme.shop.customers' },
      query_info: { uid: 'c1', query_string: 'SELECT email FROM shop.customers' },
    });
    expect(events[0]).not.toHaveProperty('ai_agent');
    expect(
      JSON.parse((await exported('--form', 'ocsf-1.9', '--rule', 'read-shop')).split('\n')[0] ?? ''),
    ).toMatchObject({ ai_agent: { name: 'reporter', ai_model: { name: 'm1' } } });
  });

  it('gives a notebook of a session, in which what others wrote is text', async () => {
    const notebook = JSON.parse(await exported('--form', 'notebook', '--session', 's1'));
    expect({ nbformat: notebook.nbformat, minor: notebook.nbformat_minor }).toEqual({
      nbformat: 4,
      minor: 5,
    });
    const cells: readonly { cell_type: string; source: string; id: string }[] = notebook.cells;
    expect(cells.map(({ cell_type }) => cell_type)).toEqual([
      'markdown',
      'markdown',
      'code',
      'markdown',
      'code',
    ]);
    expect(cells[2]?.source).toBe('SELECT email FROM shop.customers');
    expect(cells[1]?.source).toContain('- Decision: allow \\(read-shop\\)');
    expect(cells.every(({ id }) => /^[\w-]{1,64}$/.test(id))).toBe(true);
  });
});

/** https://schema.ocsf.io/1.8.0/classes/datastore_activity */
const required = [
  'activity_id',
  'category_uid',
  'class_uid',
  'type_uid',
  'severity_id',
  'time',
  'metadata.product',
  'metadata.version',
  'actor',
  'src_endpoint',
] as const;

describe('bigquery-guard audit tail', () => {
  it('prints the last events', async () => {
    const { code, printed } = await runCli(['audit', 'tail', folder, '--lines', '2']);
    const lines = printed.trim().split('\n');
    expect(code).toBe(0);
    expect(lines.map((line) => line.split('  ')[2])).toEqual(['decision.made', 'audit.closed']);
  });

  it('goes on with what comes, also in a new chain, until it is interrupted', async () => {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const own = temporary();
    const store = fileAudit({ folder: own });
    await store.append(callOf('c1', shop, 'SELECT 1', '2026-11-25T10:00:00.000Z'));
    const child = spawn(process.execPath, [main, 'audit', 'tail', own, '-n', '1', '--follow', '--json']);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => JSON.parse((await lines.next()).value ?? '{}').type;
    expect(await next()).toBe('call.finished');
    await store.append(callOf('c2', shop, 'SELECT 2', '2026-11-25T10:00:01.000Z', 'open'));
    expect([await next(), await next()]).toEqual(['call.started', 'decision.made']);
    const other = fileAudit({ folder: own });
    await other.append(callOf('c3', shop, 'SELECT 3', '2026-11-25T10:00:02.000Z', 'open'));
    expect([await next(), await next(), await next()]).toEqual([
      'audit.opened',
      'call.started',
      'decision.made',
    ]);
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    await other.close();
    await store.close();
  });
});
