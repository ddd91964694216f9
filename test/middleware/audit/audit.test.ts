import { describe, expect, test } from 'vitest';
import { GuardError } from '../../../src/errors.ts';
import { GoogleError } from '../../../src/call/google-error.ts';
import type { Context } from '../../../src/call/context.ts';
import type { Middleware } from '../../../src/call/middleware.ts';
import { prepareKey } from '../../../src/call/prepare.ts';
import { withQuerySettings } from '../../../src/call/query-request.ts';
import { effectKey } from '../../../src/middleware/audit/as-job.ts';
import {
  audit,
  memoryStore,
  noteOutcome,
  record,
  recorded,
  sendsRecorded,
  type AuditStore,
} from '../../../src/middleware/audit/index.ts';
import { layer, ok, pass, someCall, someContext } from '../../call/harness.ts';
import { guarded, watchedStore } from './harness.ts';

const allowed = {
  effect: 'allow',
  rules: ['agents-read'],
  reasons: [],
  policyDigest: 'a'.repeat(64),
  masks: [],
} as const;

const deciding: Middleware = layer('policy', async (call, context, next) => {
  await record(context, { type: 'decision.made', data: allowed });
  return next(call);
});

const lookingUp: Middleware = layer('catalog', async (call, context, next) => {
  await context.upstream(someCall({ operation: 'tables.get', class: 'metadata', body: undefined }));
  return next(call);
});

const full = new GuardError('ERR_AUDIT_UNAVAILABLE', 'full', {
  reasons: [{ rule: 'audit', message: 'ENOSPC' }],
});

describe('order', () => {
  test('a query costs two syncs: one before it is sent and one before its answer is handed out', async () => {
    const log: string[] = [];
    const { run, context } = guarded({ store: watchedStore(log) }, [deciding], async () => {
      log.push('SENT');
      return ok;
    });
    await run(someCall(), context);
    log.push('ANSWERED');
    expect(log).toEqual(['call.started decision.made query.started', 'SENT', 'call.finished', 'ANSWERED']);
  });

  test('the intent is durable before a request of the guard itself', async () => {
    const log: string[] = [];
    const { run, context } = guarded({ store: watchedStore(log) }, [lookingUp, deciding], async (call) => {
      log.push(`SENT ${call.operation}`);
      return ok;
    });
    await run(someCall(), context);
    expect(log).toEqual([
      'call.started query.started',
      'SENT tables.get',
      'decision.made query.started',
      'SENT jobs.query',
      'call.finished',
    ]);
  });

  test('without a wrapped transport each event is durable before the next step', async () => {
    const log: string[] = [];
    const store = watchedStore(log);
    const context = someContext();
    await audit({ store }).handle(someCall(), context, async (call) => {
      log.push('NEXT');
      return deciding.handle(call, context, async () => {
        log.push('SENT');
        return ok;
      });
    });
    expect(log).toEqual(['call.started', 'NEXT', 'decision.made', 'SENT', 'call.finished']);
  });

  test('overlapped reads are sent at once and answered when all is durable', async () => {
    const log: string[] = [];
    const { run, context } = guarded({ store: watchedStore(log), durability: 'overlapped' }, [], async () => {
      log.push('SENT');
      return ok;
    });
    context.set(effectKey, 'reads');
    await run(someCall(), context);
    expect(log).toEqual(['SENT', 'call.started query.started', 'call.finished']);
  });

  test.each(['changes', undefined] as const)('a query of which is known that it %s waits', async (effect) => {
    const log: string[] = [];
    const { run, context } = guarded({ store: watchedStore(log), durability: 'overlapped' }, [], async () => {
      log.push('SENT');
      return ok;
    });
    context.set(effectKey, effect);
    await run(someCall(), context);
    expect(log.slice(0, 2)).toEqual(['call.started query.started', 'SENT']);
  });

  test('overlapped writes are durable before they are sent', async () => {
    const log: string[] = [];
    const { run, context } = guarded({ store: watchedStore(log), durability: 'overlapped' }, [], async () => {
      log.push('SENT');
      return ok;
    });
    await run(someCall({ class: 'write' }), context);
    expect(log[0]).toBe('call.started query.started');
  });

  test('an event that comes after the answer is durable at once', async () => {
    const log: string[] = [];
    const { run, context } = guarded({ store: watchedStore(log) });
    await run(someCall(), context);
    await record(context, { type: 'approval.refused', data: { reason: 'expired' } });
    expect(log.at(-1)).toBe('approval.refused');
  });
});

test('a call is made ready while its record is written, and sent only then', async () => {
  const gate = Promise.withResolvers<void>();
  const log: string[] = [];
  const store: AuditStore = {
    append(entries) {
      log.push(...entries.map(({ type }) => type));
      return gate.promise.then(() => void log.push('durable'));
    },
    close: () => Promise.resolve(),
  };
  const { run, context } = guarded({ store }, [], async () => {
    log.push('sent');
    return ok;
  });
  context.set(prepareKey, () => {
    log.push('ready');
    gate.resolve();
  });
  await run(someCall(), context);
  expect(log).toEqual([
    'call.started',
    'query.started',
    'ready',
    'durable',
    'sent',
    'call.finished',
    'durable',
  ]);
});

describe('an unavailable store', () => {
  test('that hangs holds nobody who gives up, and nothing is sent', async () => {
    const gate = Promise.withResolvers<void>();
    const store = { append: () => gate.promise, close: () => Promise.resolve() };
    const giving = new AbortController();
    let sent = 0;
    const transport = recorded(async () => {
      sent += 1;
      return ok;
    }, 'statement');
    const { context } = guarded({ store }, [], undefined, { signal: giving.signal });
    const recording = audit({ store });
    const failing = recording.handle(someCall(), context, (call) => {
      const sending = transport(call, context);
      sending.catch(() => gate.resolve());
      return sending;
    });
    giving.abort();
    await expect(failing).rejects.toMatchObject({ name: 'AbortError' });
    expect(sent).toBe(0);
  });

  test('refuses the call and sends nothing', async () => {
    const store = watchedStore();
    store.refusing = full;
    let sent = 0;
    const { run, context } = guarded({ store }, [deciding], async () => {
      sent += 1;
      return ok;
    });
    await expect(run(someCall(), context)).rejects.toMatchObject({ guardCode: 'ERR_AUDIT_UNAVAILABLE' });
    expect(sent).toBe(0);
  });

  test('stops a request of the guard itself as well', async () => {
    const store = watchedStore();
    store.refusing = full;
    let sent = 0;
    const { run, context } = guarded({ store }, [lookingUp], async () => {
      sent += 1;
      return ok;
    });
    await expect(run(someCall(), context)).rejects.toMatchObject({ guardCode: 'ERR_AUDIT_UNAVAILABLE' });
    expect(sent).toBe(0);
  });

  test('keeps the answer back when the outcome cannot be written', async () => {
    const store = watchedStore();
    const { run, context } = guarded({ store }, [], async () => {
      store.refusing = full;
      return ok;
    });
    await expect(run(someCall(), context)).rejects.toMatchObject({ guardCode: 'ERR_AUDIT_UNAVAILABLE' });
  });

  test('has told everything when it is back in time for the outcome', async () => {
    const store = watchedStore();
    store.refusing = full;
    const { run, context } = guarded({ store }, [
      layer('outage', async (call, _context, next) => {
        try {
          return await next(call);
        } finally {
          store.refusing = undefined;
        }
      }),
    ]);
    await expect(run(someCall(), context)).rejects.toMatchObject({ guardCode: 'ERR_AUDIT_UNAVAILABLE' });
    expect(store.log).toEqual(['call.started query.started call.failed']);
  });

  test('tells of a session again that could not be written', async () => {
    const store = watchedStore();
    const options = { store };
    const first = guarded(options, [], undefined, { session: { id: 's1' } });
    store.refusing = full;
    const shared = audit(options);
    const run = (context: Context): Promise<unknown> => shared.handle(someCall(), context, async () => ok);
    await expect(run(first.context)).rejects.toThrow('full');
    store.refusing = undefined;
    await run(guarded(options, [], undefined, { session: { id: 's1' } }).context);
    expect(store.log).toEqual(['session.started call.started call.finished']);
  });
});

describe('what is recorded', () => {
  test('a call with everything', async () => {
    const store = memoryStore();
    const { run, context } = guarded(
      { store, prompts: 'full', parameters: 'full', results: 'digest' },
      [
        deciding,
        layer('rewrite', (call, inside, next) => {
          noteOutcome(inside, { bytesProcessed: 12_345 });
          return next(withQuerySettings(call, { query: 'SELECT NULL AS a' }));
        }),
      ],
      async () => ({
        status: 200,
        headers: {},
        body: {
          jobReference: { projectId: 'acme', location: 'EU', jobId: 'job_1' },
          jobComplete: true,
          totalRows: '2',
          totalBytesProcessed: '10485760',
          cacheHit: false,
          schema: { fields: [{ name: 'a', type: 'STRING' }] },
          rows: [{ f: [{ v: 'x' }] }, { f: [{ v: null }] }],
        },
      }),
      {
        agent: { name: 'helper', version: '1', model: 'm', toolCallId: 't1' },
        session: { id: 's1', prompt: 'How many?' },
      },
    );
    const parameter = { name: 'id', parameterType: { type: 'INT64' }, parameterValue: { value: '7' } };
    await run(
      someCall({
        body: { query: 'SELECT a', location: 'EU', requestId: 'r1', queryParameters: [parameter] },
      }),
      context,
    );
    expect(store.events().map(({ type, job, data }) => ({ type, job, data }))).toMatchInlineSnapshot(`
      [
        {
          "data": {
            "session": "s1",
          },
          "job": null,
          "type": "session.started",
        },
        {
          "data": {
            "prompt": {
              "bytes": 9,
              "hash": "ba352e24c64c7137d1e4e1386b99b0eda7332e4e2d47863bbb213763d7ac6d27",
              "text": "How many?",
            },
          },
          "job": null,
          "type": "prompt.recorded",
        },
        {
          "data": {
            "class": "read",
            "ids": {
              "projectId": "acme",
            },
            "location": "EU",
            "operation": "jobs.query",
            "parameters": [
              {
                "name": "id",
                "type": "INT64",
                "value": {
                  "value": "7",
                },
              },
            ],
            "project": "acme",
            "prompt": {
              "bytes": 9,
              "hash": "ba352e24c64c7137d1e4e1386b99b0eda7332e4e2d47863bbb213763d7ac6d27",
            },
            "sql": {
              "bytes": 8,
              "hash": "cf8c50f50dd9b2380a71f4cd92d421098b1de5969965aab6c226a70c2074e417",
              "text": "SELECT a",
            },
          },
          "job": null,
          "type": "call.started",
        },
        {
          "data": {
            "effect": "allow",
            "masks": [],
            "policyDigest": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "reasons": [],
            "rules": [
              "agents-read",
            ],
          },
          "job": null,
          "type": "decision.made",
        },
        {
          "data": {
            "operation": "jobs.query",
            "project": "acme",
            "purpose": "statement",
            "requestHash": "00997cba9b39835939985774955f8ac62f76945c45af8e69150ae111ae2cf513",
            "requestId": "0190a1f0-0000-7000-8000-000000000001",
            "rewritten": true,
            "sql": {
              "bytes": 16,
              "hash": "d5fa64cdb60882490f695195f0a576547b498a597aae749a59cc891428602969",
              "text": "SELECT NULL AS a",
            },
          },
          "job": null,
          "type": "query.started",
        },
        {
          "data": {
            "bytes": 38,
            "columns": [
              "a",
            ],
            "digest": "ba1faad59060b97c00b0b8f99d7a3d612e2bfbc8241d5906517b8478b60eed6b",
            "rows": 2,
          },
          "job": "acme:EU.job_1",
          "type": "result.recorded",
        },
        {
          "data": {
            "bytesProcessed": 12345,
            "cacheHit": false,
            "durationMs": 0,
            "jobComplete": true,
            "operation": "jobs.query",
            "resultDigest": "ba1faad59060b97c00b0b8f99d7a3d612e2bfbc8241d5906517b8478b60eed6b",
            "rows": 2,
            "sent": true,
            "status": 200,
            "totalRows": 2,
          },
          "job": "acme:EU.job_1",
          "type": "call.finished",
        },
      ]
    `);
    expect(store.events()[1]).toMatchObject({
      principal: { id: 'agent-a', groups: ['agents'], delegation: ['ana'], verified: false },
      agent: { name: 'helper', version: '1', model: 'm', toolCallId: 't1' },
      session: 's1',
      call: someCall().id,
    });
  });

  test('prompts and parameters are hashed unless configured, parameters with a key', async () => {
    const store = memoryStore();
    const { run, context } = guarded({ store }, [], undefined, {
      session: { id: 's', prompt: 'my secret plan' },
    });
    const parameter = { parameterType: { type: 'STRING' }, parameterValue: { value: 'ana@acme.io' } };
    await run(someCall({ body: { query: 'SELECT ?', queryParameters: [parameter] } }), context);
    const { digestOf } = await import('../../../src/middleware/audit/canonical.ts');
    const text = store.lines.join('\n');
    expect(text).not.toContain('secret plan');
    expect(text).not.toContain('ana@acme.io');
    expect(text).not.toContain(digestOf(parameter.parameterValue));
    expect(text).toMatch(/"parameters":\[\{"hash":"[0-9a-f]{64}","type":"STRING"\}\]/);
  });

  test('a text beyond the limit is cut with a mark, its hash covers all of it', async () => {
    const store = memoryStore();
    const { run, context } = guarded({ store, textLimit: 10 });
    const { sha256 } = await import('../../../src/middleware/audit/canonical.ts');
    const query = 'SELECT "\u{1f600}\u{1f600}"';
    await run(someCall({ body: { query } }), context);
    expect(store.events()[0]?.data).toMatchObject({
      sql: { text: 'SELECT "', bytes: 17, truncated: true, hash: sha256(query) },
    });
  });

  test('polls and pages are recorded lightly', async () => {
    const store = memoryStore();
    const { run, context } = guarded({ store }, [], undefined, { session: { id: 's', prompt: 'p' } });
    await run(
      someCall({
        operation: 'jobs.getQueryResults',
        class: 'job',
        body: undefined,
        ids: { projectId: 'acme', jobId: 'job_1' },
        query: { location: 'EU', pageToken: 'secret' },
      }),
      context,
    );
    expect(
      store
        .events()
        .slice(2)
        .map(({ type, job, data }) => ({ type, job, data })),
    ).toEqual([
      {
        type: 'call.started',
        job: 'acme:EU.job_1',
        data: {
          operation: 'jobs.getQueryResults',
          class: 'job',
          project: 'acme',
          ids: { projectId: 'acme', jobId: 'job_1' },
          followUp: true,
        },
      },
      {
        type: 'call.finished',
        job: 'acme:EU.job_1',
        data: { operation: 'jobs.getQueryResults', status: 200, durationMs: 0, sent: true },
      },
    ]);
  });

  test('an unknown method is recorded as it came', async () => {
    const store = memoryStore();
    const { run, context } = guarded({ store });
    await run(someCall({ operation: 'unknown', class: 'unknown', method: 'POST', path: '/x/../y' }), context);
    expect(store.events()[0]?.data).toMatchObject({ method: 'POST', path: '/x/../y' });
  });

  test('a session and each new prompt are told once', async () => {
    const store = memoryStore();
    const layerOnce = audit({ store });
    for (const prompt of ['one', 'one', 'two']) {
      const { context } = guarded({ store }, [], undefined, { session: { id: 's', prompt } });
      await layerOnce.handle(someCall(), context, async () => ok);
    }
    expect(
      store
        .events()
        .map(({ type }) => type)
        .filter((type) => !type.startsWith('call.')),
    ).toEqual(['session.started', 'prompt.recorded', 'prompt.recorded']);
  });

  test('of principal and agent only what the schema lists', async () => {
    const store = memoryStore();
    const agent = Object.assign({ name: 'helper' }, { token: 'hunter2' });
    const { run, context } = guarded({ store }, [], undefined, { agent });
    await run(someCall(), context);
    expect(store.events()[0]?.agent).toEqual({ name: 'helper' });
    expect(store.lines.join('')).not.toContain('hunter2');
  });

  test('events outside of calls are durable when record resolves', async () => {
    const store = memoryStore();
    await audit({ store }).record({ type: 'policy.changed', data: { policyDigest: 'b'.repeat(64) } });
    expect(store.events()).toMatchObject([{ type: 'policy.changed', principal: null, call: null }]);
  });
});

describe('failures', () => {
  const secret = 'ana@acme.io';

  test.each([
    [
      'a refusal',
      new GuardError('ERR_POLICY_DENIED', secret, { reasons: [{ rule: 'no-hr', message: 'closed' }] }),
      { outcome: 'refused', code: 'ERR_POLICY_DENIED', reasons: [{ rule: 'no-hr', message: 'closed' }] },
    ],
    [
      'an approval that nobody gave',
      new GuardError('ERR_APPROVAL_EXPIRED', 'late', { reasons: [{ rule: 'approval', message: 'expired' }] }),
      {
        outcome: 'timedOut',
        code: 'ERR_APPROVAL_EXPIRED',
        reasons: [{ rule: 'approval', message: 'expired' }],
      },
    ],
    [
      'an error of BigQuery',
      new GoogleError(400, {
        error: { message: secret, errors: [{ reason: 'invalidQuery', message: secret }, { reason: secret }] },
      }),
      { outcome: 'rejected', code: '400', reasons: [], upstreamReasons: ['invalidQuery'] },
    ],
    [
      'a lost connection',
      Object.assign(new Error(secret), { code: 'ECONNRESET' }),
      { outcome: 'failed', code: 'ECONNRESET', reasons: [] },
    ],
    [
      'a time-out',
      Object.assign(new Error(secret), { code: 'UND_ERR_HEADERS_TIMEOUT' }),
      { outcome: 'timedOut', code: 'UND_ERR_HEADERS_TIMEOUT', reasons: [] },
    ],
    [
      'giving up',
      new DOMException(secret, 'AbortError'),
      { outcome: 'cancelled', code: 'AbortError', reasons: [] },
    ],
    ['something else', new TypeError(secret), { outcome: 'failed', code: 'TypeError', reasons: [] }],
  ])('%s is recorded without its text and passed on', async (_name, error, failure) => {
    const store = memoryStore();
    const { run, context } = guarded({ store }, [pass('policy')], () => Promise.reject(error));
    await expect(run(someCall(), context)).rejects.toBe(error);
    expect(store.events().at(-1)).toMatchObject({ type: 'call.failed', call: someCall().id });
    expect(store.events().at(-1)?.data).toEqual({
      operation: 'jobs.query',
      ...failure,
      durationMs: 0,
      sent: true,
    });
    expect(store.lines.join('\n')).not.toContain(secret);
  });

  test('a refusal says that nothing was sent', async () => {
    const store = memoryStore();
    const denying = layer('policy', () => Promise.reject(new GuardError('ERR_POLICY_DENIED', 'no')));
    const { run, context } = guarded({ store }, [denying]);
    await expect(run(someCall(), context)).rejects.toMatchObject({ guardCode: 'ERR_POLICY_DENIED' });
    expect(store.events().map(({ type }) => type)).toEqual(['call.started', 'call.failed']);
    expect(store.events()[1]?.data).toMatchObject({ outcome: 'refused', sent: false });
  });

  test('an event that JSON cannot hold refuses the call, and the refusal is recorded', async () => {
    const store = memoryStore();
    const proof = { kind: 'x' };
    Object.assign(proof, { self: proof });
    const faulty = layer('approval', async (call, context, next) => {
      await record(context, {
        type: 'approval.decided',
        data: {
          approval: 'a',
          requestHash: 'b',
          person: 'ana',
          verdict: 'approve',
          state: 'approved',
          proof,
        },
      });
      return next(call);
    });
    let sent = 0;
    const { run, context } = guarded({ store }, [faulty], async () => {
      sent += 1;
      return ok;
    });
    await expect(run(someCall(), context)).rejects.toMatchObject({ guardCode: 'ERR_MIDDLEWARE' });
    expect(sent).toBe(0);
    expect(store.events().map(({ type }) => type)).toEqual(['call.started', 'query.started', 'call.failed']);
  });

  test('a clock that runs backwards gives no negative duration', async () => {
    const store = memoryStore();
    let time = 1000;
    const context: Context = { ...someContext(), now: () => new Date((time -= 10)) };
    const slots = someContext();
    const ticking: Context = {
      ...context,
      get: (key) => slots.get(key),
      set: (key, value) => slots.set(key, value),
    };
    slots.set(sendsRecorded, true);
    await audit({ store }).handle(someCall(), ticking, async () => ok);
    expect(store.events().at(-1)?.data).toMatchObject({ durationMs: 0 });
  });
});
