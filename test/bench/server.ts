import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * A BigQuery of canned answers in a process of its own, so that clients are measured and not it. `small` queries
 * take `delay` ms; a query that holds `rows:N` has N rows, in pages of 25,000.
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

const row = (index: number): object => ({
  f: [
    { v: String(index) },
    { v: `Customer ${index}` },
    { v: `customer${index}@example.com` },
    { v: `${index % 500}.25` },
    { v: String(1_700_000_000_000_000 + index * 1_000_000) },
  ],
});

const page = JSON.stringify(Array.from({ length: pageSize }, (_, index) => row(index)));

function pageOf(total: number, offset: number): string {
  const left = total - offset;
  const rows =
    left >= pageSize ? page : JSON.stringify(Array.from({ length: left }, (_, index) => row(index)));
  const next = offset + pageSize < total ? `,"pageToken":"${offset + pageSize}"` : '';
  const reference = `{"projectId":"bench","jobId":"rows_${total}","location":"US"}`;
  return `{"jobComplete":true,"totalRows":"${total}","jobReference":${reference},"schema":${JSON.stringify(schema)},"rows":${rows}${next}}`;
}

const table = JSON.stringify({
  kind: 'bigquery#table',
  id: 'bench:shop.orders',
  etag: 'bench-etag',
  type: 'TABLE',
  tableReference: { projectId: 'bench', datasetId: 'shop', tableId: 'orders' },
  schema,
});

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
    if (url.pathname.includes('/tables/')) return answer(response, table);
    const job = /\/queries\/rows_(\d+)$/.exec(url.pathname);
    if (job !== null)
      return answer(response, pageOf(Number(job[1]), Number(url.searchParams.get('pageToken') ?? 0)));
    const total = Number(/rows:(\d+)/.exec(body)?.[1] ?? 1);
    return answer(response, pageOf(total, 0), total === 1 ? delay : 0);
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : 0);
});
