import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { person, schema as peopleSchema } from './people.ts';

/**
 * A BigQuery of canned answers in a process of its own, so that clients are measured and not it. `small` queries
 * take `delay` ms; a query that holds `rows:N` has N rows, in pages of 25,000, and so has `people`. Its rows are masked
 * where the text masks them.
 */
const delay = Number(process.argv[2] ?? 1);
const pageSize = 25_000;

const schema = {
  fields: [
    { name: 'id', type: 'INTEGER', mode: 'NULLABLE' },
    { name: 'name', type: 'STRING', mode: 'NULLABLE' },
    { name: 'email', type: 'STRING', mode: 'NULLABLE' },
    { name: 'amount', type: 'NUMERIC', mode: 'NULLABLE' },
    { name: 'ts', type: 'TIMESTAMP', mode: 'NULLABLE' },
  ],
};

const order = (index: number): object => ({
  f: [
    { v: String(index) },
    { v: `Customer ${index}` },
    { v: `customer${index}@example.com` },
    { v: `${index % 500}.25` },
    { v: String(1_700_000_000_000_000 + index * 1_000_000) },
  ],
});

interface Kind {
  readonly schema: object;
  readonly row: (index: number) => object;
}

const kinds = new Map<string, Kind>([
  ['rows', { schema, row: order }],
  ['people', { schema: peopleSchema, row: (index) => person(index, false) }],
  ['masked', { schema: peopleSchema, row: (index) => person(index, true) }],
]);

const pages = new Map<string, string>();

function rowsOf(kind: string, left: number): string {
  const { row = order } = kinds.get(kind) ?? {};
  const make = (count: number): string =>
    JSON.stringify(Array.from({ length: count }, (_, index) => row(index)));
  if (left < pageSize) return make(left);
  const page = pages.get(kind) ?? make(pageSize);
  pages.set(kind, page);
  return page;
}

function pageOf(kind: string, total: number, offset: number): string {
  const next = offset + pageSize < total ? `,"pageToken":"${offset + pageSize}"` : '';
  const reference = `{"projectId":"bench","jobId":"${kind}_${total}","location":"US"}`;
  const shape = JSON.stringify(kinds.get(kind)?.schema);
  return `{"jobComplete":true,"totalRows":"${total}","jobReference":${reference},"schema":${shape},"rows":${rowsOf(kind, total - offset)}${next}}`;
}

function dataOf(total: number, offset: number): string {
  const next = offset + pageSize < total ? `,"pageToken":"${offset + pageSize}"` : '';
  return `{"kind":"bigquery#tableDataList","totalRows":"${total}","rows":${rowsOf('people', total - offset)}${next}}`;
}

const tableOf = (tableId: string, shape: object): string =>
  JSON.stringify({
    kind: 'bigquery#table',
    id: `bench:shop.${tableId}`,
    etag: 'bench-etag',
    type: 'TABLE',
    tableReference: { projectId: 'bench', datasetId: 'shop', tableId },
    schema: shape,
  });

const orders = tableOf('orders', schema);
const people = tableOf('people', peopleSchema);

/** How many rows the last query had: rows without a query are as many. */
let lastTotal = 0;

function answer(response: ServerResponse, json: string, wait = 0): void {
  const send = (): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(json);
  };
  if (wait === 0) send();
  else setTimeout(send, wait);
}

const server = createServer((request, response) => {
  void text(request).then((body) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const offset = Number(url.searchParams.get('pageToken') ?? 0);
    if (url.pathname.endsWith('/people/data')) return answer(response, dataOf(lastTotal, offset));
    if (url.pathname.includes('/tables/people')) return answer(response, people);
    if (url.pathname.includes('/tables/')) return answer(response, orders);
    const job = /\/queries\/(\w+)_(\d+)$/.exec(url.pathname);
    if (job !== null) return answer(response, pageOf(job[1] ?? '', Number(job[2]), offset));
    const total = Number(/rows:(\d+)/.exec(body)?.[1] ?? 1);
    lastTotal = total;
    const kind = !body.includes('people') ? 'rows' : body.includes('XXXXX') ? 'masked' : 'people';
    return answer(response, pageOf(kind, total, 0), total === 1 ? delay : 0);
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : 0);
});
