import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutDecorator } from '../../src/call/ids.ts';
import { classOf, operationOf, operations, unknownOperation } from '../../src/call/operations.ts';
import type { Operation } from '../../src/call/operations.ts';

const samples: Readonly<Record<string, string>> = {
  projectId: 'acme-data',
  datasetId: 'shop',
  tableId: 'users',
  jobId: 'job_1-a',
  modelId: 'churn',
  routineId: 'initials',
  policyId: 'only_eu',
};

const fill = (path: string, ids: Readonly<Record<string, string>> = samples) =>
  path.replace(/\{(\w+)\}/g, (_, id: string) => ids[id] ?? '');

const idsOf = (operation: Operation, ids: Readonly<Record<string, string>> = samples) =>
  Object.fromEntries(
    operation.parts.flatMap((part) => (part.kind === 'id' ? [[part.id, ids[part.id]]] : [])),
  );

/** `[name, ids]` of what a request line means. */
function read(method: string, path: string): readonly unknown[] {
  const route = operationOf(method, path);
  return [route.operation.name, route.ids];
}

const percent = (letter: string) => `%${letter.charCodeAt(0).toString(16)}`;

const unknown = ['unknown', {}];
const every = [...operations.values()];

describe('the table', () => {
  it('lists every method of the v2 interface', () => {
    expect([...operations.keys()].toSorted()).toEqual(
      [
        'datasets.delete datasets.get datasets.insert datasets.list datasets.patch datasets.undelete',
        'datasets.update jobs.cancel jobs.delete jobs.get jobs.getQueryResults jobs.insert jobs.list jobs.query',
        'models.delete models.get models.list models.patch projects.getServiceAccount projects.list',
        'routines.delete routines.get routines.getIamPolicy routines.insert routines.list routines.setIamPolicy',
        'routines.testIamPermissions routines.update rowAccessPolicies.batchDelete rowAccessPolicies.delete',
        'rowAccessPolicies.get rowAccessPolicies.getIamPolicy rowAccessPolicies.insert rowAccessPolicies.list',
        'rowAccessPolicies.setIamPolicy rowAccessPolicies.testIamPermissions rowAccessPolicies.update',
        'tabledata.insertAll tabledata.list tables.delete tables.get tables.getIamPolicy tables.insert tables.list',
        'tables.patch tables.setIamPolicy tables.testIamPermissions tables.update',
      ]
        .join(' ')
        .split(' ')
        .toSorted(),
    );
  });

  it.each(every.map((operation) => [operation.name, operation] as const))(
    '%s is found by its path',
    (name, entry) => {
      const path = fill(entry.path);
      const found = [name, idsOf(entry)];
      expect([read(entry.method, path), read(entry.method, `/bigquery/v2${path}`)]).toEqual([found, found]);
    },
  );

  it('no two methods share a request line', () => {
    const lines = every.map(({ method, path }) => `${method} ${fill(path)}`);
    expect(new Set(lines).size).toBe(lines.length);
  });
});

describe('ids', () => {
  it.each([
    ['t$20240101', '/projects/acme/datasets/d/tables/t%2420240101/data'],
    ['t$20240101', '/projects/acme/datasets/d/tables/t$20240101/data'],
    ['t$__NULL__', '/projects/acme/datasets/d/tables/t%24__NULL__/data'],
    ['t@-3600000', '/projects/acme/datasets/d/tables/t%40-3600000/data'],
    ['kunden täglich', '/projects/acme/datasets/d/tables/kunden%20t%C3%A4glich/data'],
    ['kundentäglich', '/projects/acme/datasets/d/tables/kundentäglich/data'],
    ['a-b', '/projects/acme/datasets/d/tables/a-b/data'],
  ])('table %s is read from %s', (tableId, path) => {
    expect(read('GET', path)).toEqual(['tabledata.list', { projectId: 'acme', datasetId: 'd', tableId }]);
  });

  it.each(['example.com:proj', 'example.com%3Aproj'])('a project of a domain may stand as %s', (project) => {
    expect(read('GET', `/projects/${project}/datasets`)).toEqual([
      'datasets.list',
      { projectId: 'example.com:proj' },
    ]);
  });

  it.each([
    ['t$20240101', 't'],
    ['t@-3600000', 't'],
    ['t', 't'],
  ])('the table of %s is %s', (id, table) => {
    expect(withoutDecorator(id)).toBe(table);
  });
});

describe('uploads', () => {
  it.each([
    ['upload', '/upload/bigquery/v2/projects/acme/jobs'],
    ['resumable', '/resumable/upload/bigquery/v2/projects/acme/jobs'],
    ['rest', '/bigquery/v2/projects/acme/jobs'],
  ])('jobs.insert at the %s address', (endpoint, path) => {
    expect(operationOf('POST', path)).toEqual({
      operation: operations.get('jobs.insert'),
      ids: { projectId: 'acme' },
      endpoint,
    });
  });

  it('nothing else goes to the upload address', () => {
    const others = every.filter(({ name }) => name !== 'jobs.insert');
    const found = others.map(
      ({ method, path }) => operationOf(method, `/upload/bigquery/v2${fill(path)}`).operation,
    );
    expect(new Set(found)).toEqual(new Set([unknownOperation]));
  });
});

describe('unknown is', () => {
  const data = '/bigquery/v2/projects/acme/datasets/hr/tables/salaries/data';
  it.each([
    ['GET', ''],
    ['GET', '/'],
    ['GET', '/bigquery/v2'],
    ['GET', '/bigquery/v2/'],
    ['GET', 'bigquery/v2/projects/acme/datasets'],
    ['GET', '/BigQuery/V2/projects/acme/datasets'],
    ['GET', '/bigquery/v2beta1/projects/acme/datasets'],
    ['GET', '/discovery/v1/apis/bigquery/v2/rest'],
    ['get', data],
    ['HEAD', data],
    ['OPTIONS', data],
    ['GET', `${data}/`],
    ['GET', `/${data}`],
    ['GET', data.replace('/hr/', '//hr/')],
    ['GET', data.replace('/hr/', '/hr;v=1/')],
    ['GET', data.replace('/hr/', '/shop/../hr/')],
    ['GET', data.replace('/hr/', '/%2e%2e/')],
    ['GET', data.replace('/hr/', '/./')],
    ['GET', data.replace('/hr/', '/shop%2Fhr/')],
    ['GET', data.replace('/hr/', '/shop%5Chr/')],
    ['GET', data.replace('/hr/', '/shop\\hr/')],
    ['GET', data.replace('/hr/', '/%2568%2572/')],
    ['GET', data.replace('/hr/', '/h%00r/')],
    ['GET', data.replace('/hr/', '/h%0Ar/')],
    ['GET', data.replace('/hr/', '/%ff/')],
    ['GET', data.replace('/hr/', '/%/')],
    ['GET', data.replace('salaries', 'salaries.')],
    ['GET', data.replace('salaries', 'salaries%20')],
    ['GET', data.replace('salaries', 'salaries$')],
    ['GET', data.replace('salaries', '$20240101')],
    ['GET', data.replace('salaries', 'u'.repeat(1025))],
    ['GET', data.replace('acme', 'ACME')],
    ['GET', data.replace('acme', '{{projectId}}')],
    ['GET', data.replace('/data', '/Data')],
    ['GET', data.replace('datasets', '%64atasets')],
    ['GET', `${data}?alt=json`],
    ['GET', `${data}#/../x`],
    ['POST', '/projects/acme/datasets/shop/tables/users:exfiltrate'],
    ['POST', '/projects/acme/datasets/shop/tables/users%3AsetIamPolicy'],
    ['GET', '/projects/acme/datasets/shop/tables/users:getIamPolicy'],
    ['POST', '/projects/acme/datasets/shop/tables/:getIamPolicy'],
    ['GET', '/projects/acme/queries'],
    ['POST', '/batch'],
  ])('%s %s', (method, path) => {
    expect(read(method, path)).toEqual(unknown);
  });
});

describe('whatever the ids are', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
  const anyIds = fc.record({
    projectId: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
    datasetId: word,
    tableId: fc.stringMatching(/^[A-Za-z0-9_äöü-]{1,10}(\$[0-9]{8})?$/),
    jobId: word,
    modelId: word,
    routineId: word,
    policyId: word,
  });

  it('an encoded path is read back to the same method and ids', () => {
    fc.assert(
      fc.property(fc.constantFrom(...every), anyIds, (entry, ids) => {
        const encoded = Object.fromEntries(
          Object.entries(ids).map(([name, id]) => [name, encodeURIComponent(id)]),
        );
        expect(read(entry.method, fill(entry.path, encoded))).toEqual([entry.name, idsOf(entry, ids)]);
      }),
    );
  });

  it('a trick at any place of a path makes it unknown', () => {
    const tricks = [
      '%2F',
      '%5C',
      '\\',
      ';',
      '%3B',
      '/',
      '//',
      '/./',
      '/../',
      '%2e%2e/',
      '%25',
      '%00',
      '?',
      '#',
      '%zz',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...every),
        anyIds,
        fc.constantFrom(...tricks),
        fc.nat(),
        (entry, ids, trick, at) => {
          const path = fill(entry.path, ids);
          const place = 1 + (at % path.length);
          const tricked = path.slice(0, place) + trick + path.slice(place);
          const { operation, ids: found } = operationOf(entry.method, tricked);
          // An added plain slash may make the path of another method; its ids are then plain words still.
          if (trick !== '/') expect(operation).toBe(unknownOperation);
          expect(Object.values(found).every((id) => !/[/\\;%?#\0]|^\.\.?$/.test(id))).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('encoding a letter of a fixed word makes it unknown', () => {
    fc.assert(
      fc.property(fc.constantFrom(...every), fc.nat(), fc.nat(), (entry, part, at) => {
        const words = entry.parts.flatMap((one, index) => (one.kind === 'word' ? [index] : []));
        const target = words[part % words.length] ?? 0;
        const segments = fill(entry.path).slice(1).split('/');
        const text = segments[target] ?? '';
        const place = at % text.length;
        segments[target] = text.slice(0, place) + percent(text.charAt(place)) + text.slice(place + 1);
        expect(operationOf(entry.method, `/${segments.join('/')}`).operation).toBe(unknownOperation);
      }),
    );
  });

  it('no text at all makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        expect(operationOf('GET', `/bigquery/v2/projects/${path}`).endpoint).toBe('rest');
      }),
    );
  });
});

describe('the class', () => {
  const insert = operations.get('jobs.insert') ?? unknownOperation;
  const patch = operations.get('datasets.patch') ?? unknownOperation;

  it.each([
    ['read', { query: { query: 'SELECT 1' } }],
    ['write', { load: {} }],
    ['write', { copy: {}, jobType: 'COPY' }],
    ['export', { extract: {} }],
    ['unknown', {}],
    ['unknown', { query: {}, copy: {} }],
    ['unknown', { jobType: 'QUERY', copy: {} }],
    ['unknown', { jobType: 7, copy: {} }],
  ])('of a job is %s for %j', (expected, configuration) => {
    expect(classOf(insert, { configuration })).toBe(expected);
  });

  it('of a dataset change is admin when it touches the access list', () => {
    expect([classOf(patch, { description: 'x' }), classOf(patch, { access: [] })]).toEqual(['ddl', 'admin']);
  });
});
