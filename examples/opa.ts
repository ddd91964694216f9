// Open Policy Agent decides beside the rules of the guard; it can only narrow what they allow.
// Run it: node examples/opa.ts. With OPA itself, see examples/opa.rego, set OPA_URL=http://127.0.0.1:8181

import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { opa } from '../src/middleware/index.ts';
import { shopWith } from './parts/engine-shop.ts';

/** Answers as OPA does with examples/opa.rego. */
const standIn = createServer((request, response) => {
  void json(request).then((body) => {
    const isShop = JSON.stringify(body).includes('"dataset":"shop"');
    const result = isShop
      ? { effect: 'allow', rules: ['shop'] }
      : { effect: 'deny', reason: 'Nothing lets this call pass.' };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ result }));
  });
});

async function standInUrl(): Promise<string> {
  await new Promise<void>((resolve) => standIn.listen(0, '127.0.0.1', resolve));
  const address = standIn.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const url = process.env['OPA_URL'] ?? (await standInUrl());
const engine = opa({ url: `${url}/v1/data/guard/decision` });

const ask = shopWith(engine);

await ask('SELECT id FROM shop.orders');
await ask('SELECT pay FROM hr.salaries');
standIn.close();
standIn.closeAllConnections();
await ask('SELECT id FROM shop.orders');
