import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { GuardError, isGuardError } from '../../src/errors.ts';
import type { Middleware } from '../../src/call/middleware.ts';
import { bench, layer, official } from './harness.ts';
import type { BigQuery } from '@google-cloud/bigquery';

const start = bench();
const { ApiError } = official.module.common.util;

// `JSON.parse` gives what the types forbid.
const nonsense = (text: string): Middleware => layer(() => Promise.resolve(JSON.parse(text)));

const broken: Readonly<Record<string, Middleware>> = {
  'throws an error': layer(() => Promise.reject(new TypeError('secret row value'))),
  'throws before it returns a promise': layer(() => {
    throw new RangeError('secret row value');
  }),
  'throws something that is no error': layer(() => Promise.reject(Object('secret row value'))),
  'answers nothing': nonsense('null'),
  'answers a text': nonsense('"rows"'),
  'answers without a status': nonsense('{"body":{},"headers":{}}'),
  'answers an error as a result': nonsense('{"status":500,"body":{},"headers":{}}'),
  'calls next twice at once': layer(async (call, _context, next) => {
    const [first] = await Promise.all([next(call), next(call)]);
    return first;
  }),
  'passes another call on': layer((call, _context, next) => next({ ...call, id: 'another' })),
  'changes the path to an unknown one': layer((call, _context, next) =>
    next({ ...call, operation: 'unknown', path: '/nowhere' }),
  ),
};

type Form = (client: BigQuery, uri: string) => Promise<unknown>;

/** The three ways in which a caller hears of a refusal. */
const forms: Readonly<Record<string, Form>> = {
  'as a promise': (client, uri) => client.dataset('d').request({ uri }),
  'in a callback': (client, uri) =>
    new Promise((_resolve, reject) => client.request({ uri }, (error) => reject(error))),
  'as an event of a stream': async (client, uri) => {
    const stream = client.requestStream({ uri });
    const [error] = await once(stream, 'error');
    throw error;
  },
};

const ways: Readonly<Record<string, (client: BigQuery) => Promise<unknown>>> = {
  'as a promise': (client) => client.query('SELECT 1'),
  'in a callback': (client) =>
    new Promise((resolve, reject) => {
      client.query('SELECT 1', (error, rows) => (error === null ? resolve(rows) : reject(error)));
    }),
  'as an event of a stream': async (client) => {
    const stream = client.createQueryStream('SELECT 1');
    stream.resume();
    const [error] = await once(stream, 'error');
    throw error;
  },
};

async function refusalOf(work: Promise<unknown>): Promise<object> {
  const error: unknown = await work.then(
    () => new Error('It was not refused.'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError) || !isGuardError(error)) throw error;
  const { code, errors, guardCode, response, message } = error;
  expect(JSON.stringify(error) + message).not.toContain('secret row value');
  return { code, reason: errors?.[0]?.reason, guardCode, status: response?.statusCode };
}

const refused = (guardCode: string): object => ({
  code: 403,
  reason: 'accessDenied',
  guardCode,
  status: 403,
});

describe('a middleware that breaks its contract refuses the call', () => {
  describe.each(Object.entries(broken))('when it %s', (name, middleware) => {
    it.each(Object.entries(ways))('%s', async (_form, ask) => {
      const { server, client } = start();
      const code = name.includes('path') ? 'ERR_POLICY_DENIED' : 'ERR_MIDDLEWARE';
      expect(await refusalOf(ask(client({ middleware: [middleware] })))).toEqual(refused(code));
      expect(server.take()).toEqual([]);
    });
  });

  it('and the client goes on working', async () => {
    const { client } = start();
    let isBroken = true;
    const unlucky = layer((call, _context, next) => {
      if (isBroken) throw new Error('for once');
      return next(call);
    });
    const guarded = client({ middleware: [unlucky] });
    await expect(guarded.query('SELECT 1')).rejects.toThrow('refused');
    isBroken = false;
    await expect(guarded.query('SELECT 1')).resolves.toHaveLength(3);
  });
});

const strange: Readonly<Record<string, string>> = {
  'an unknown path': '/nowhere',
  'a method of another service': '/buckets',
  'an absolute address': 'http://127.0.0.1:1/bigquery/v2/projects/p/datasets',
  'an absolute address that begins like the service':
    'https://bigquery.googleapis.com.evil.example/bigquery/v2/projects/p/datasets',
  'an encoded slash': '/datasets/a%2Fb',
  'a doubly encoded slash': '/datasets/a%252Fb',
  'an encoded query': '/datasets%3Fall=true',
  'another case': '/DATASETS',
};

describe('a request for what BigQuery does not have is refused', () => {
  describe.each(Object.entries(strange))('%s', (_name, uri) => {
    it.each(Object.entries(forms))('%s', async (_form, ask) => {
      const { server, client } = start();
      const work = ask(client({ middleware: [] }), uri);
      expect(await refusalOf(work)).toEqual(refused('ERR_POLICY_DENIED'));
      expect(server.take()).toEqual([]);
    });
  });
});

describe('a refusal', () => {
  const denied = new GuardError(
    'ERR_POLICY_DENIED',
    'Rule no-hr denies the table hr.people. Ask for another.',
    {
      callId: 'call-1',
      reasons: [{ rule: 'no-hr', message: 'HR data is closed to agents.' }],
      cause: new Error('secret row value'),
    },
  );
  const denying = layer(() => Promise.reject(denied));

  it('looks like a real 403 and carries the reasons', async () => {
    const { client } = start();
    const error: unknown = await client({ middleware: [denying] })
      .query('SELECT 1')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect({ ...Object(error), response: undefined }).toEqual({
      code: 403,
      message: denied.message,
      errors: [{ message: denied.message, domain: 'global', reason: 'accessDenied' }],
      response: undefined,
      guardCode: 'ERR_POLICY_DENIED',
      callId: 'call-1',
      reasons: denied.reasons,
      instead: undefined,
      retryable: false,
    });
    expect(isGuardError(error) && error.guard).toBe(denied);
  });

  it('comes with body and response, as Google sends them', async () => {
    const { client } = start();
    const answer = await new Promise<unknown[]>((resolve) => {
      client({ middleware: [denying] }).request({ uri: '/datasets' }, (...all) => resolve(all));
    });
    expect(answer).toMatchObject([
      { code: 403 },
      { error: { code: 403, status: 'PERMISSION_DENIED', message: denied.message } },
      { statusCode: 403, body: { error: { code: 403 } } },
    ]);
  });

  it('does not make exists() say no, nor get({ autoCreate }) create', async () => {
    const { server, client } = start();
    const table = client({ middleware: [denying] })
      .dataset('d')
      .table('t');
    await expect(table.exists()).rejects.toThrow('no-hr');
    await expect(table.get({ autoCreate: true })).rejects.toThrow('no-hr');
    await expect(table.insert([{ a: 1 }], { schema: 'a' })).rejects.toThrow('no-hr');
    expect(server.take()).toEqual([]);
  });

  it('of an upload is an error of the stream, and nothing is sent', async () => {
    const { server, client } = start();
    const stream = client({ middleware: [denying] })
      .dataset('d')
      .table('t')
      .createWriteStream('csv');
    stream.end('1,2\n');
    expect(await once(stream, 'error')).toMatchObject([{ code: 403, guardCode: 'ERR_POLICY_DENIED' }]);
    expect(server.take()).toEqual([]);
  });
});
