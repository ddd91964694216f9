import { describe, expect, it } from 'vitest';
import { withContext } from '../../src/index.ts';
import { bench, watching } from './harness.ts';

const start = bench();

const seen = (watch: ReturnType<typeof watching>) =>
  watch.contexts.map(({ principal, agent, session }) => ({
    principal: principal.id,
    agent: agent?.name,
    session: session?.id,
    prompt: session?.prompt,
  }));

const ana = { principal: 'ana', agent: 'analyst', session: 's-1', prompt: 'Who buys?' };

describe('withContext()', () => {
  it('reaches every call inside it, also through timers and pages', async () => {
    const { client } = start();
    const watch = watching();
    const guarded = client({ middleware: [watch] });
    await withContext(ana, async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await guarded.query('SELECT paged');
    });
    await guarded.query('SELECT 1');
    const nobody = { principal: 'anonymous', agent: undefined, session: undefined, prompt: undefined };
    expect(seen(watch)).toEqual([ana, ana, nobody]);
  });

  it('is joined with the context around it', async () => {
    const { client } = start();
    const watch = watching();
    const guarded = client({ middleware: [watch], principal: 'service', agent: 'default' });
    await withContext({ session: 's-1' }, () =>
      withContext({ prompt: 'Why?', agent: { name: 'inner' } }, () => guarded.query('SELECT 1')),
    );
    expect(seen(watch)).toEqual([{ principal: 'service', agent: 'inner', session: 's-1', prompt: 'Why?' }]);
  });

  it('makes a session for a prompt that has none', async () => {
    const { client } = start();
    const watch = watching();
    await withContext({ prompt: 'Why?' }, () => client({ middleware: [watch] }).query('SELECT 1'));
    expect(seen(watch)).toMatchObject([
      { session: expect.stringMatching(/^[0-9a-f-]{36}$/), prompt: 'Why?' },
    ]);
  });

  it('does not let a process vouch for a principal', async () => {
    const { client } = start();
    const watch = watching();
    const principal = { id: 'ana', groups: ['agents'], verified: true };
    await withContext({ principal }, () => client({ middleware: [watch] }).query('SELECT 1'));
    const expected = { id: 'ana', groups: ['agents'], delegation: [], verified: false };
    expect(watch.contexts.map((context) => context.principal)).toEqual([expected]);
  });

  it.each([
    [
      'createQueryStream',
      (c: ReturnType<ReturnType<typeof start>['client']>) => c.createQueryStream('SELECT paged'),
    ],
    ['getDatasetsStream', (c: ReturnType<ReturnType<typeof start>['client']>) => c.getDatasetsStream()],
    [
      'createReadStream',
      (c: ReturnType<ReturnType<typeof start>['client']>) => c.dataset('d').table('t').createReadStream(),
    ],
    [
      'getTablesStream',
      (c: ReturnType<ReturnType<typeof start>['client']>) => c.dataset('d').getTablesStream(),
    ],
    [
      'getQueryResultsStream',
      (c: ReturnType<ReturnType<typeof start>['client']>) => c.job('j').getQueryResultsStream(),
    ],
  ])('is kept by %s until its last page, wherever it is read', async (_name, make) => {
    const { client } = start();
    const watch = watching();
    const stream = withContext(ana, () => make(client({ middleware: [watch] })));
    await withContext({ principal: 'reader' }, async () => {
      for await (const row of stream) expect(row).toBeDefined();
    });
    expect(watch.calls.length).toBeGreaterThan(0);
    expect(new Set(seen(watch).map((each) => JSON.stringify(each)))).toEqual(new Set([JSON.stringify(ana)]));
  });

  it('is kept by streams that are written to', async () => {
    const { client } = start();
    const watch = watching();
    const table = client({ middleware: [watch] })
      .dataset('d')
      .table('t');
    const [load, insert] = withContext(ana, () => [
      table.createWriteStream('csv'),
      table.createInsertStream({ batchOptions: { maxRows: 1, maxBytes: 100, maxMilliseconds: 5 } }),
    ]);
    load?.end('1\n');
    insert?.write({ a: 1 });
    await Promise.all([
      new Promise((resolve) => load?.on('complete', resolve)),
      new Promise((resolve) => insert?.on('response', resolve)),
    ]);
    expect(seen(watch)).toEqual([ana, ana, ana]);
  });
});
