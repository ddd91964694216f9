import { expect, test } from 'vitest';
import { restCatalog } from '../../../src/sql/index.ts';
import type { RestAnswer, RestGet } from '../../../src/sql/index.ts';

const users = { project: 'p', dataset: 'd', name: 'users' };

function tableBody(etag: string, tableId = 'users'): unknown {
  return {
    etag,
    type: 'TABLE',
    tableReference: { projectId: 'p', datasetId: 'd', tableId },
    schema: {
      fields: [
        { name: 'id', type: 'INTEGER', mode: 'REQUIRED' },
        {
          name: 'email',
          type: 'STRING',
          policyTags: { names: ['projects/p/locations/eu/taxonomies/1/policyTags/2'] },
        },
        { name: 'home', type: 'RECORD', mode: 'REPEATED', fields: [{ name: 'city', type: 'STRING' }] },
      ],
    },
    timePartitioning: { type: 'DAY' },
    clustering: { fields: ['id'] },
  };
}

interface Fake {
  readonly get: RestGet;
  readonly asked: (readonly [string, string | undefined])[];
}

function fake(answers: readonly RestAnswer[]): Fake {
  const asked: (readonly [string, string | undefined])[] = [];
  return {
    asked,
    async get(path, { etag }) {
      asked.push([path, etag]);
      await Promise.resolve();
      return answers[Math.min(asked.length, answers.length) - 1] ?? { status: 500, body: undefined };
    },
  };
}

test('a table resource becomes a table of the catalog', async () => {
  const { get } = fake([{ status: 200, body: tableBody('a') }]);
  expect(await restCatalog(get).table(users)).toEqual({
    name: users,
    kind: 'TABLE',
    etag: 'a',
    columns: [
      { name: 'id', type: 'INT64', mode: 'REQUIRED' },
      {
        name: 'email',
        type: 'STRING',
        mode: 'NULLABLE',
        policyTags: ['projects/p/locations/eu/taxonomies/1/policyTags/2'],
      },
      {
        name: 'home',
        type: 'STRUCT',
        mode: 'REPEATED',
        fields: [{ name: 'city', type: 'STRING', mode: 'NULLABLE' }],
      },
    ],
    pseudoColumns: [
      { name: '_PARTITIONTIME', type: 'TIMESTAMP', mode: 'NULLABLE' },
      { name: '_PARTITIONDATE', type: 'DATE', mode: 'NULLABLE' },
    ],
    clusterColumns: ['id'],
  });
});

test('those who ask at the same time share one request', async () => {
  const { get, asked } = fake([{ status: 200, body: tableBody('a') }]);
  const catalog = restCatalog(get);
  await Promise.all([catalog.table(users), catalog.table(users), catalog.table(users)]);
  expect(asked).toEqual([['projects/p/datasets/d/tables/users', undefined]]);
});

test('an answer that is old is asked for again by its etag, and stays the same object', async () => {
  let now = 0;
  const { get, asked } = fake([
    { status: 200, body: tableBody('a') },
    { status: 304, body: undefined },
    { status: 200, body: tableBody('b') },
  ]);
  const catalog = restCatalog(get, { maxAge: 10, now: () => now });
  const first = await catalog.table(users);
  expect(await catalog.table(users)).toBe(first);
  now = 11;
  expect(await catalog.table(users)).toBe(first);
  now = 22;
  expect(await catalog.table(users)).not.toBe(first);
  expect(asked.map(([, etag]) => etag)).toEqual([undefined, 'a', 'a']);
});

test('404 says that there is no such table; anything else is not an answer', async () => {
  expect(await restCatalog(fake([{ status: 404, body: undefined }]).get).table(users)).toBe(undefined);
  await expect(restCatalog(fake([{ status: 403, body: undefined }]).get).table(users)).rejects.toThrow(
    'status 403',
  );
  await expect(
    restCatalog(fake([{ status: 200, body: { type: 'TABLE', schema: { fields: [{}] } } }]).get).table(users),
  ).rejects.toThrow('without name');
  await expect(
    restCatalog(fake([{ status: 200, body: tableBody('a', 'others') }]).get).table(users),
  ).rejects.toThrow('another table');
  await expect(
    restCatalog(
      fake([{ status: 200, body: { routineType: 'PROCEDURE', routineReference: { routineId: 'g' } } }]).get,
    ).routine(users),
  ).rejects.toThrow('another routine');
});

test('a name of dots never becomes a path', async () => {
  const { get, asked } = fake([]);
  await expect(restCatalog(get).table({ ...users, dataset: '..' })).rejects.toThrow(TypeError);
  expect(asked).toEqual([]);
});

test('names are encoded', async () => {
  const { get, asked } = fake([{ status: 404, body: undefined }]);
  await restCatalog(get).table({ ...users, name: 'a/../b?x' });
  expect(asked).toEqual([['projects/p/datasets/d/tables/a%2F..%2Fb%3Fx', undefined]]);
});

test('one who gives up does not stop the request of the others', async () => {
  const { get } = fake([{ status: 200, body: tableBody('a') }]);
  const catalog = restCatalog(get);
  const controller = new AbortController();
  const given = catalog.table(users, controller.signal);
  const other = catalog.table(users);
  controller.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  expect((await other)?.name).toEqual(users);
});

test('a wildcard has the columns of the table that was made last', async () => {
  const list = {
    tables: [
      { tableReference: { tableId: 'events_1' }, type: 'TABLE', creationTime: '20' },
      { tableReference: { tableId: 'events_2' }, type: 'TABLE', creationTime: '10' },
      { tableReference: { tableId: 'other' }, type: 'TABLE', creationTime: '99' },
      { tableReference: { tableId: 'events_view' }, type: 'VIEW', creationTime: '99' },
    ],
  };
  const { get, asked } = fake([
    { status: 200, body: list },
    { status: 200, body: tableBody('a', 'events_1') },
  ]);
  const catalog = restCatalog(get);
  const wildcard = { project: 'p', dataset: 'd', name: 'events_*' };
  const table = await catalog.table(wildcard);
  expect(table?.name).toEqual(wildcard);
  expect(asked.map(([path]) => path)).toEqual([
    'projects/p/datasets/d/tables?maxResults=1000',
    'projects/p/datasets/d/tables/events_1',
  ]);
});

test('what a joined request failed at is asked for once more, by all who joined together', async () => {
  let requests = 0;
  const catalog = restCatalog(async () => {
    requests += 1;
    await Promise.resolve();
    if (requests === 1) throw new Error('the first caller went away');
    return { status: 200, body: tableBody('a') };
  });
  const answers = await Promise.allSettled([1, 2, 3].map(() => catalog.table(users)));
  expect([answers.map((each) => each.status), requests]).toEqual([['rejected', 'fulfilled', 'fulfilled'], 2]);
});

test('a request that never ends is given up, and its signal says so', async () => {
  const signals: AbortSignal[] = [];
  const catalog = restCatalog(
    (_path, { signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    },
    { timeout: 20 },
  );
  await expect(catalog.table(users)).rejects.toThrow('over');
  await expect(catalog.table({ ...users, name: 'events_*' })).rejects.toThrow('over');
  expect(signals.map((each) => each.aborted)).toEqual([true, true]);
});

test('what was not there is not remembered, be it a table or what a wildcard matches', async () => {
  const { get, asked } = fake([
    { status: 404, body: undefined },
    { status: 200, body: tableBody('a') },
    { status: 200, body: { tables: [] } },
    { status: 200, body: { tables: [] } },
  ]);
  const catalog = restCatalog(get);
  const wildcard = { ...users, name: 'events_*' };
  expect([await catalog.table(users), (await catalog.table(users))?.etag]).toEqual([undefined, 'a']);
  expect([await catalog.table(wildcard), await catalog.table(wildcard)]).toEqual([undefined, undefined]);
  expect(asked.length).toBe(4);
});

test('those who ask for the same wildcard at the same time share one request', async () => {
  const { get, asked } = fake([{ status: 200, body: { tables: [] } }]);
  const catalog = restCatalog(get);
  const wildcard = { ...users, name: 'events_*' };
  await Promise.all([catalog.table(wildcard), catalog.table(wildcard)]);
  expect(asked.length).toBe(1);
});

test('a dataset that never stops listing tables is given up', async () => {
  const { get, asked } = fake([{ status: 200, body: { tables: [], nextPageToken: 'more' } }]);
  await expect(restCatalog(get).table({ ...users, name: 'events_*' })).rejects.toThrow('too many tables');
  expect(asked.length).toBe(200);
});

test('only as many answers are kept as was said', async () => {
  const asked: string[] = [];
  const catalog = restCatalog(
    (path) => {
      const table = path.slice(path.lastIndexOf('/') + 1);
      asked.push(table);
      return Promise.resolve({ status: 200, body: tableBody('a', table) });
    },
    { entries: 2 },
  );
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await catalog.table({ ...users, name });
  expect(asked).toEqual(['a', 'b', 'c', 'b']);
});

const circle: { name: string; type: string; fields: unknown[] } = { name: 'a', type: 'RECORD', fields: [] };
circle.fields.push(circle);

test.each<readonly [string, unknown, string]>([
  ['nothing', undefined, 'unknown type'],
  ['a text', '<html>', 'unknown type'],
  ['a list', [], 'unknown type'],
  ['a kind that objects have by birth', { type: 'constructor' }, 'unknown type'],
  ['no schema', { type: 'TABLE' }, 'without a schema'],
  ['a schema without fields', { type: 'TABLE', schema: {} }, 'without a schema'],
  ['fields that are no list', { type: 'TABLE', schema: { fields: {} } }, 'without a schema'],
  ['a field that is null', { type: 'TABLE', schema: { fields: [null] } }, 'without name'],
  [
    'a mode that is none',
    { type: 'TABLE', schema: { fields: [{ name: 'a', type: 'STRING', mode: 'MANY' }] } },
    'without name, type or mode',
  ],
  ['a column that holds itself', { type: 'TABLE', schema: { fields: [circle] } }, 'nests too deeply'],
])('a table that is %s is no answer', async (_what, body, message) => {
  await expect(restCatalog(fake([{ status: 200, body }]).get).table(users)).rejects.toThrow(message);
});

test('a routine resource becomes a routine of the catalog, and one that runs elsewhere says so', async () => {
  const routine = {
    etag: 'r',
    routineType: 'SCALAR_FUNCTION',
    routineReference: { projectId: 'p', datasetId: 'd', routineId: 'f' },
    language: 'SQL',
    arguments: [{ name: 'x', dataType: { typeKind: 'STRING' } }],
    definitionBody: 'TRIM(x)',
  };
  const name = { project: 'p', dataset: 'd', name: 'f' };
  const read = (body: unknown): Promise<unknown> =>
    restCatalog(fake([{ status: 200, body }]).get).routine(name);
  const expected = { name, kind: 'SCALAR_FUNCTION', parameters: [{ name: 'x' }], body: 'TRIM(x)', etag: 'r' };
  expect(await read(routine)).toEqual({ ...expected, language: 'SQL' });
  expect(await read({ ...routine, remoteFunctionOptions: { endpoint: 'https://a.example' } })).toEqual({
    ...expected,
    language: 'REMOTE',
  });
  await expect(read({ ...routine, routineType: 'MACRO' })).rejects.toThrow('unknown type');
});
