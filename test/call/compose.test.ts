import { setImmediate as tick } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { compose } from '../../src/call/compose.ts';
import { GuardError, isGuardError } from '../../src/errors.ts';
import { layer, ok, pass, someCall, someContext, transport } from './harness.ts';
import type { Call } from '../../src/call/call.ts';
import type { Middleware } from '../../src/call/middleware.ts';
import type { Result } from '../../src/call/result.ts';

/** How a call ends: its result, or the code and message it fails with. */
async function outcome(middleware: readonly Middleware[], send = transport().send, signal?: AbortSignal) {
  const run = compose(middleware, send)(someCall(), someContext(signal));
  return run.then(
    (result) => ({ result }),
    (error: unknown) => (isGuardError(error) ? { code: error.code, message: error.message } : { error }),
  );
}

const breach = (name: string, deed: string) => ({
  code: 'ERR_MIDDLEWARE',
  message: `Middleware "${name}" ${deed}. The call was refused and nothing further is sent.`,
});

/** An answer of the wrong type, as untyped user code would give it. */
const untyped = (source: string): Promise<Result> => Promise.resolve(JSON.parse(source));

const throwing = (name: string, thrown: unknown): Middleware =>
  layer(name, () => {
    throw thrown;
  });

describe('an onion of middleware', () => {
  it('runs outermost first on the way in and last on the way out', async () => {
    const steps: string[] = [];
    const noting = (name: string) =>
      layer(name, async (call, _context, next) => {
        steps.push(`${name} in`);
        const result = await next(call);
        steps.push(`${name} out`);
        return result;
      });
    await outcome([noting('a'), noting('b')]);
    expect(steps).toEqual(['a in', 'b in', 'b out', 'a out']);
  });

  it('without middleware goes straight to the transport', async () => {
    expect(await outcome([])).toEqual({ result: ok });
  });

  it('sends the changed call and leaves the layer outside with what was asked', async () => {
    const { send, sent } = transport();
    const asked: (Call | undefined)[] = [];
    const outer = layer('outer', async (call, _context, next) => {
      const result = await next(call);
      asked.push(call);
      return result;
    });
    const inner = layer('inner', (call, _context, next) => next({ ...call, body: { query: 'SELECT 2' } }));
    await outcome([outer, inner], send);
    expect([asked[0]?.body, sent[0]?.body]).toEqual([
      { query: 'SELECT 1', useLegacySql: false },
      { query: 'SELECT 2' },
    ]);
  });

  it('sends nothing when a layer answers by itself', async () => {
    const { send, sent } = transport();
    const result = await outcome([layer('cache', () => Promise.resolve(ok)), pass('inner')], send);
    expect([result, sent]).toEqual([{ result: ok }, []]);
  });

  it('lets a layer try again after next has settled', async () => {
    let attempts = 0;
    const failure = new Error('503');
    const { send, sent } = transport(() => (++attempts < 3 ? Promise.reject(failure) : Promise.resolve(ok)));
    const retry = layer('retry', async (call, _context, next) => {
      for (let left = 2; left > 0; left -= 1) {
        try {
          return await next(call);
        } catch {
          await tick();
        }
      }
      return next(call);
    });
    expect([await outcome([retry, pass('inner')], send), sent.length]).toEqual([{ result: ok }, 3]);
  });

  it('passes an error of the transport unchanged', async () => {
    const failure = new Error('connection reset');
    const { send } = transport(() => Promise.reject(failure));
    expect(await outcome([pass('a'), pass('b')], send)).toEqual({ error: failure });
  });

  it('passes a Google error that a layer made in place of one from below', async () => {
    const mapped = Object.assign(new Error('Syntax error at [1:1]'), { code: 400, errors: [] });
    const { send } = transport(() => Promise.reject(new Error('Syntax error at [9:9]')));
    const mapping = layer('mapping', async (call, _context, next) => {
      try {
        return await next(call);
      } catch {
        throw mapped;
      }
    });
    expect(await outcome([pass('a'), mapping], send)).toEqual({ error: mapped });
  });

  it('passes a refusal of the guard unchanged', async () => {
    const denial = new GuardError('ERR_POLICY_DENIED', 'Rule no-hr denies this.');
    expect(await outcome([pass('a'), throwing('policy', denial)])).toEqual({
      code: 'ERR_POLICY_DENIED',
      message: 'Rule no-hr denies this.',
    });
  });

  it('keeps the list it was made from', async () => {
    const { send, sent } = transport();
    const list = [throwing('policy', new GuardError('ERR_POLICY_DENIED', 'no'))];
    const handler = compose(list, send);
    list.length = 0;
    await expect(handler(someCall(), someContext())).rejects.toThrow('no');
    expect(sent).toEqual([]);
  });

  it('refuses a list with something else in it', () => {
    expect(() => compose(JSON.parse('[{"name":"x"}]'), transport().send)).toThrow(
      'Item 0 of the middleware list is no { name, handle } object.',
    );
  });
});

describe('a layer that breaks the contract is refused by name', () => {
  it('when it calls next twice at once', async () => {
    const { send, sent } = transport();
    const twice = layer('twice', async (call, _context, next) => {
      const [first] = await Promise.all([next(call), next(call)]);
      return first;
    });
    const result = await outcome([pass('outer'), twice, pass('inner')], send);
    expect([result, sent]).toEqual([breach('twice', 'called next again before it had settled'), []]);
  });

  it('when it does not wait for next', async () => {
    const { send, sent } = transport();
    const hasty = layer('hasty', (call, _context, next) => {
      void next(call);
      return Promise.resolve(ok);
    });
    const result = await outcome([pass('outer'), hasty, pass('inner')], send);
    await tick();
    await tick();
    expect([result, sent]).toEqual([breach('hasty', 'returned before next had settled'), []]);
  });

  it('when it throws while next is under way', async () => {
    const leaver = layer('leaver', (call, _context, next) => {
      void next(call);
      throw new GuardError('ERR_LIMIT_EXCEEDED', 'too slow');
    });
    expect(await outcome([leaver, pass('inner')])).toEqual(breach('leaver', 'threw before next had settled'));
  });

  it('when it calls next after it has returned', async () => {
    const { send, sent } = transport();
    const late: Promise<unknown>[] = [];
    const lingering = layer('lingering', (call, _context, next) => {
      late.push(tick().then(() => next(call)));
      return Promise.resolve(ok);
    });
    await outcome([lingering], send);
    await expect(late[0]).rejects.toThrow('Middleware "lingering" called next after it had returned');
    expect(sent).toEqual([]);
  });

  it.each([
    'null',
    '7',
    '{}',
    '{"status":200}',
    '{"status":404,"body":null,"headers":{}}',
    '{"status":"200","body":null,"headers":{}}',
    '{"status":200,"body":null,"headers":[]}',
    '{"status":200,"body":null,"headers":{"etag":1}}',
  ])('when it answers %s', async (answer) => {
    const result = await outcome([pass('outer'), layer('odd', () => untyped(answer))]);
    expect(result).toEqual(breach('odd', 'returned something that is no result'));
  });

  it.each([undefined, null, 'text', 7, { code: 403 }, Symbol('s')])('when it throws %s', async (thrown) => {
    const result = await outcome([pass('outer'), throwing('odd', thrown)]);
    expect(result).toEqual(breach('odd', 'threw something that is no error'));
  });

  it('when it fails by itself, and the message keeps its values out', async () => {
    const failure = new TypeError('ana@acme.io is not a function');
    const run = compose([throwing('broken', failure)], transport().send)(someCall(), someContext());
    const error = await run.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ ...breach('broken', 'failed'), cause: failure });
  });

  it('when it changes the call', async () => {
    const { send, sent } = transport();
    const meddling = layer('meddling', (call, _context, next) => {
      Object.assign(call.body ?? {}, { query: 'DROP TABLE t' });
      return next(call);
    });
    expect([await outcome([meddling], send), sent]).toEqual([breach('meddling', 'failed'), []]);
  });

  it('when it hands something else to next', async () => {
    const { send, sent } = transport();
    const swapping = layer('swapping', (call, _context, next) => next({ ...call, id: 'another' }));
    const result = await outcome([swapping], send);
    expect([result, sent]).toEqual([
      breach('swapping', 'passed something to next that is not this call'),
      [],
    ]);
  });

  it('even when a layer outside swallows the refusal and tries again', async () => {
    const { send, sent } = transport();
    const stubborn = layer('stubborn', async (call, _context, next) => {
      try {
        return await next(call);
      } catch {
        await next(call).catch(() => {});
        return ok;
      }
    });
    const result = await outcome([stubborn, throwing('odd', 'text')], send);
    expect([result, sent]).toEqual([breach('odd', 'threw something that is no error'), []]);
  });

  it('even when a layer outside puts another refusal in its place', async () => {
    const renaming = layer('renaming', (call, _context, next) =>
      next(call).catch(() => {
        throw new GuardError('ERR_LIMIT_EXCEEDED', 'too much');
      }),
    );
    expect(await outcome([renaming, throwing('odd', 'text')])).toEqual(
      breach('odd', 'threw something that is no error'),
    );
  });

  it('and a transport that answers nonsense is refused as well', async () => {
    expect(await outcome([pass('a')], () => untyped('{"rows":[]}'))).toEqual(
      breach('transport', 'answered something that is no result'),
    );
  });
});

describe('an aborted call', () => {
  const reason = new Error('the reader went away');

  it('is not sent', async () => {
    const { send, sent } = transport();
    const result = await outcome([pass('a')], send, AbortSignal.abort(reason));
    expect([result, sent]).toEqual([{ error: reason }, []]);
  });

  it('is not sent when it was aborted while a layer waited', async () => {
    const { send, sent } = transport();
    const controller = new AbortController();
    const waiting = layer('waiting', (call, _context, next) => {
      controller.abort(reason);
      return next(call);
    });
    expect([await outcome([pass('a'), waiting], send, controller.signal), sent]).toEqual([
      { error: reason },
      [],
    ]);
  });

  it('ends with the reason when the answer comes later', async () => {
    const controller = new AbortController();
    const { send } = transport(() => {
      controller.abort(reason);
      return Promise.resolve(ok);
    });
    expect(await outcome([pass('a')], send, controller.signal)).toEqual({ error: reason });
  });

  it('ends with an AbortError when the reason is no error', async () => {
    const result = await outcome([pass('a')], transport().send, AbortSignal.abort('enough'));
    expect(result).toEqual({ error: new DOMException('The call was aborted.', 'AbortError') });
  });

  it('refuses a layer that answers all the same', async () => {
    const controller = new AbortController();
    const deaf = layer('deaf', () => {
      controller.abort(reason);
      return Promise.resolve(ok);
    });
    expect(await outcome([pass('a'), deaf], transport().send, controller.signal)).toEqual(
      breach('deaf', 'returned after the call was aborted'),
    );
  });
});

describe('a call', () => {
  it('is frozen in depth, its upload stream excepted', async () => {
    const stream = Readable.from(['a']);
    const call = someCall({
      body: { configuration: { load: { schema: { fields: [{ name: 'a' }] } } } },
      upload: { contentType: 'text/csv', stream },
    });
    const { send, sent } = transport();
    await compose([], send)(call, someContext());
    const frozen = [sent[0], sent[0]?.body, sent[0]?.body?.['configuration'], sent[0]?.upload].map(
      Object.isFrozen,
    );
    expect([frozen, Object.isFrozen(stream)]).toEqual([[true, true, true, true], false]);
  });

  it('that nests without end is refused, not a stack overflow', async () => {
    const { send, sent } = transport();
    const body = { query: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) };
    await expect(compose([], send)(someCall({ body }), someContext())).rejects.toMatchObject({
      code: 'ERR_POLICY_DENIED',
    });
    expect(sent).toEqual([]);
  });
});
