import { createServer, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../../src/middleware/policy/compile.ts';
import { decide } from '../../../../src/middleware/policy/decide.ts';
import { decideWithEngines } from '../../../../src/middleware/policy/engine.ts';
import { opa } from '../../../../src/middleware/policy/engines/opa.ts';
import { testPolicy } from '../../../../src/testing/test-policy.ts';
import { asked, empty } from '../harness.ts';

interface Asked {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

const requests: Asked[] = [];
let server: Server;
let base = '';

/** What the documents of this OPA say. */
const documents: Readonly<Record<string, unknown>> = {
  yes: true,
  no: false,
  deny: { effect: 'deny', reason: 'Closed by OPA.', rules: ['hr'] },
  mask: { effect: 'allow', masks: [{ column: 'acme.shop.customers.email', with: 'nullify' }] },
  gate: { effect: 'require-approval', approval: { approvers: ['ana'], quorum: 1, expiresInSeconds: 60 } },
  text: 'allow',
  typo: { efect: 'allow' },
  extra: { effect: 'allow', mask: [] },
  badMask: { effect: 'allow', masks: [{ column: 'email', with: 'nullify' }] },
  oddMask: { effect: 'allow', masks: [{ column: 'acme.shop.customers.email', with: 'rot13' }] },
  nobody: { effect: 'require-approval', approval: { approvers: [] } },
  empty: { effect: 'require-approval' },
  none: null,
};

/** What no OPA should answer. */
const oddAnswers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  hangs: () => undefined,
  status: (response) => response.writeHead(500).end('{"result":true}'),
  broken: (response) => response.end('{"result":'),
  moved: (response) => response.writeHead(302, { location: '/v1/data/guard/yes' }).end(),
  huge: (response) => response.end(`{"result":true,"more":"${'x'.repeat(2 ** 21)}"}`),
};

/** By the dataset, as the contract suite asks. */
function rego(body: unknown): unknown {
  return JSON.stringify(body).includes('"dataset":"shop"');
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void json(request).then((body) => {
      const { url, headers } = request;
      requests.push({ url, authorization: headers.authorization, body });
      const name = /^\/v1\/data\/guard\/(\w+)/.exec(url ?? '')?.[1] ?? '';
      const odd = oddAnswers[name];
      if (odd !== undefined) odd(response);
      else {
        const result = name === 'rego' ? rego(body) : documents[name];
        response.end(JSON.stringify(result === undefined ? {} : { result }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    base = `http://127.0.0.1:${address.port}/v1/data/guard`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const by = async (name: string, options: { timeout?: number; token?: string } = {}) => {
  const rules = [{ name: 'all', effect: 'allow' }] as const;
  const policy = compilePolicy({ ...empty, rules });
  return decideWithEngines(
    policy,
    [opa({ url: `${base}/${name}`, ...options })],
    asked,
    decide(policy, asked),
  );
};

testPolicy('opa', () => opa({ url: `${base}/rego` }), {
  describe,
  it,
  expect,
  broken: () => opa({ url: 'http://127.0.0.1:9/v1/data/guard' }),
});

describe('OPA beside the rules', () => {
  it('is asked by its Data API, with what the call does and who asks', async () => {
    requests.length = 0;
    await by('yes', { token: 's3cret' });
    expect(requests).toMatchObject([
      {
        url: '/v1/data/guard/yes?provenance=true',
        authorization: 'Bearer s3cret',
        body: {
          input: {
            principal: { id: 'agent-a', groups: ['agents'], delegation: ['ana'], verified: true },
            agent: { name: 'reporter' },
            session: { id: 's1' },
            call: { operation: 'jobs.query', class: 'read', project: 'acme' },
            facts: { columns: ['acme.shop.customers.email'], selectsStar: false, statements: 0 },
            now: '2026-11-25T10:00:00.000Z',
            pairs: [{ operation: 'read', object: { kind: 'table', dataset: 'shop', table: 'customers' } }],
          },
        },
      },
    ]);
  });

  it('allows, masks, asks people and denies', async () => {
    const all = await Promise.all(['yes', 'mask', 'gate', 'deny', 'no'].map((name) => by(name)));
    expect(all).toMatchObject([
      { effect: 'allow', masks: [] },
      {
        effect: 'allow',
        masks: [
          {
            table: { project: 'acme', dataset: 'shop', name: 'customers' },
            path: ['email'],
            with: 'nullify',
            rule: 'opa',
          },
        ],
      },
      { effect: 'require-approval', approval: { approvers: ['ana'], quorum: 1, expiresInMs: 60_000 } },
      {
        effect: 'deny',
        rules: ['all', 'opa', 'opa/hr'],
        reasons: [{ rule: 'opa', message: 'Closed by OPA.' }],
      },
      { effect: 'deny' },
    ]);
  });

  it.each([
    'text',
    'typo',
    'extra',
    'badMask',
    'oddMask',
    'nobody',
    'empty',
    'none',
    'absent',
    'status',
    'broken',
    'moved',
    'huge',
  ])('denies for an answer that is no decision: %s', async (name) => {
    expect(await by(name)).toMatchObject({
      effect: 'deny',
      reasons: [{ rule: 'opa', message: expect.stringMatching(/^This policy engine could not decide/) }],
    });
  });

  it('denies when there is no answer in time', async () => {
    expect(await by('hangs', { timeout: 50 })).toMatchObject({ effect: 'deny', rules: ['all', 'opa'] });
  });
});
