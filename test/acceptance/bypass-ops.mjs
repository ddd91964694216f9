import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { generateApproverKeys, signDecision } from '../../src/middleware/approval/index.ts';
import {
  connect,
  environment,
  failAudit,
  guardFileEnd,
  open,
  policy,
  project,
  sendBy,
} from './bypass-library.mjs';

/**
 * The operations of the bypass catalogue: what people, clocks, disks and receivers of webhooks do while agents ask. Each
 * case has a guard of its own, with the same policy, keys for its approvers, and a receiver of webhooks that is real.
 */
const keys = new Map();
const cases = new WeakMap();

/** Everybody has a key; only those of the approvers are in the configuration. */
function keysOf(person) {
  if (!keys.has(person)) keys.set(person, generateApproverKeys());
  return keys.get(person);
}

export async function op(step, given) {
  const run = operations[step.op];
  if (run === undefined) throw new Error(`There is no operation ${step.op}.`);
  const { vars } = given;
  if (!cases.has(vars)) cases.set(vars, await openCase(given));
  return run(step, cases.get(vars), given);
}

const operations = {
  submit: async (step, desk) => submit(step, desk),
  decide,
  'decide.get': async ({ approval }, { gate }) =>
    plain(await gate().handler(new Request(`http://guard.test/?id=${encodeURIComponent(approval)}`))),
  collect: async ({ approval }, desk) => {
    const asked = desk.asked.get(approval);
    if (asked === undefined) return refusal(404, 'nobody asked');
    const answer = await submit(asked, desk);
    return answer.status === 202 ? refusal(403, 'asked anew') : answer;
  },
  status: async ({ approval }, { gate }) => {
    const record = await gate().find(approval);
    return { status: 200, body: { id: approval, state: record?.state ?? 'unknown' } };
  },
  'clock.advance': async ({ seconds }, desk) => {
    desk.ahead += seconds * 1000;
    return done;
  },
  restart: async (_step, desk) => {
    await desk.restart();
    return done;
  },
  parallel: async ({ steps }, _desk, given) => {
    const answers = await Promise.all(steps.map((step) => op(step, given)));
    return answers.find(({ status }) => status >= 400) ?? answers.at(-1);
  },
  repeat: async ({ times, steps }, _desk, given) => {
    let last = done;
    for (let from = 0; from < times; from += atOnce) {
      const numbers = Array.from({ length: Math.min(atOnce, times - from) }, (_, index) => from + index);
      const answers = await Promise.all(numbers.map((i) => inOrder(steps, i, given)));
      last = answers.at(-1);
    }
    return last;
  },
  'policy.tag': async ({ table, column }, desk) =>
    desk.rewrite((text) => text.replace('    columns:\n', `    columns:\n      - ${table}.${column}\n`)),
  'policy.set': async (_step, desk) =>
    desk.rewrite((text) =>
      text.replace('rules:\n', 'rules:\n  - { name: dml-is-closed, operations: [write], effect: deny }\n'),
    ),
  'config.webhook': async ({ url }, desk) => {
    try {
      const folder = mkdtempSync(join(tmpdir(), 'bigquery-guard-bypass-'));
      await desk.build(folder, url, false);
      return done;
    } catch (error) {
      return refusal(400, error.message);
    }
  },
  'webhook.stub': async ({ status, redirectTo }, desk) => {
    desk.answer = redirectTo === undefined ? { status } : { status: 302, headers: { location: redirectTo } };
    return done;
  },
  'webhook.capture': async (_step, desk) => {
    desk.captures = true;
    return done;
  },
  'audit.fail': async () => {
    failAudit();
    return done;
  },
  'library.query': async ({ sql, options = {} }, _desk, { endpoint }) => {
    const { client } = await open({ endpoint, principal: 'agent-a' });
    const [rows] = await client().query({ query: sql, ...options });
    return { status: 200, body: rows };
  },
  'library.escape': async ({ paths }, _desk, { endpoint }) => {
    const { client } = await open({ endpoint, principal: 'agent-a' });
    return escape(client(), paths);
  },
};

const done = { status: 200, body: {} };
const refusal = (status, text) => ({ status, body: { error: { code: status, message: withoutVerb(text) } } });
const plain = async (response) => {
  const body = await response.json();
  return response.status < 400 ? { status: response.status, body } : refusal(response.status, body.error);
};

/** A flood does not wait for one answer before it asks the next. */
const atOnce = 25;

async function inOrder(steps, i, given) {
  let last = done;
  for (const step of steps) last = await op(numbered(step, i), given);
  return last;
}

function numbered(step, i) {
  return JSON.parse(JSON.stringify(step).replaceAll('{{i}}', String(i)));
}

async function submit(step, desk) {
  const { as, sql, request = {}, save, forceApproval } = step;
  if (forceApproval) await desk.rewrite(forced);
  const client = desk.clientOf(as);
  const body = { query: expand(sql), useLegacySql: false, ...request };
  try {
    const answer = await sendBy(
      client,
      desk.endpoint,
      'POST',
      `/bigquery/v2/projects/${project}/queries`,
      body,
    );
    return { status: 200, body: answer };
  } catch (error) {
    const { guardCode, guard } = error;
    if (guardCode === undefined) throw error;
    const id = guard?.approval?.id;
    if (id !== undefined && save !== undefined)
      desk.asked.set(id, { ...step, forceApproval: false, save: undefined });
    const named = id !== undefined && save !== undefined ? { [save]: id } : {};
    if (guardCode === 'ERR_APPROVAL_PENDING') {
      const seen = desk.captures ? { captured: desk.received } : {};
      return { status: 202, body: { ...named, ...seen, error: { code: 202, message: error.message } } };
    }
    const reason = error.reasons.at(-1)?.message ?? guardCode;
    return { status: 403, body: { ...named, ...refusal(403, reason).body } };
  }
}

/** The runner takes any text that says "approval" for a call that waits. This one is refused. */
const withoutVerb = (text) => text.replaceAll(/approv\w*|pending/gi, '…');

const forced = (text) =>
  text.replace(
    'rules:\n',
    'rules:\n  - { name: forced, operations: [read], datasets: [shop], effect: require-approval, approval: { from: [approvers] } }\n',
  );

const expand = (text) =>
  text.replaceAll(/\{\{REPEAT:(\d+):([^}]*)\}\}/g, (_, count, part) => part.repeat(count));

/** With the person's own key; a browser that was lured to a form has the person's cookies, and no key. */
async function decide({ approval, decision, as, origin, cookieOnly }, desk) {
  const record = await desk.gate().find(approval);
  const { id, requestHash } = record ?? { id: String(approval), requestHash: '0'.repeat(64) };
  const verdict = decision === 'approve' ? 'approve' : 'reject';
  const { privateKey } = keysOf(as);
  const signed = signDecision({ privateKey, id, requestHash, verdict, now: desk.now() });
  const { 'content-type': type } = signed.headers;
  const headers = cookieOnly ? { 'content-type': type, origin, cookie: `session=${as}` } : signed.headers;
  return plain(
    await desk
      .gate()
      .handler(new Request('http://guard.test/', { method: 'POST', headers, body: signed.body })),
  );
}

/** What each expression hands out, if it hands out anything. */
async function escape(client, paths) {
  const found = [];
  for (const path of paths) {
    const text = path.replace(
      'query.call(client, ...)',
      'query.call(client, "SELECT email FROM shop.users")',
    );
    try {
      const value = await runInNewContext(text, { client });
      found.push(await withTimeout(contentOf(value)));
    } catch {
      // Refused, or not there.
    }
  }
  const rows = found.filter((each) => each !== undefined);
  return rows.length === 0 ? refusal(403, 'nothing came out') : { status: 200, body: rows };
}

async function contentOf(value) {
  if (typeof value?.[Symbol.asyncIterator] !== 'function') return Array.isArray(value) ? value[0] : undefined;
  const rows = [];
  for await (const row of value) rows.push(row);
  return rows;
}

const withTimeout = (work) => Promise.race([work, sleep(5000).then(() => undefined)]);

async function openCase({ endpoint }) {
  const folder = mkdtempSync(join(tmpdir(), 'bigquery-guard-bypass-'));
  const desk = {
    endpoint,
    ahead: 0,
    answer: { status: 204 },
    received: [],
    asked: new Map(),
    now: () => new Date(Date.now() + desk.ahead),
  };
  const hook = await receiver(desk);
  const url = `http://127.0.0.1:${hook.address().port}/`;
  desk.build = async (where, target, mayBeHere) => {
    const file = join(where, 'guard.yaml');
    const people = ['approver-1', 'approver-2'].map(
      (id) => `{ id: ${id}, keys: ["${keysOf(id).publicKey}"] }`,
    );
    const text = policy.replace(
      'members: [{ id: approver-1 }, { id: approver-2 }]',
      `members: [${people.join(', ')}]`,
    );
    const settings = '{ onPending: throw, deliverFor: 2s, maximumPending: 20 }';
    writeFileSync(
      file,
      `${text}\n${guardFileEnd({ folder: where, url: target, approval: settings, mayBeHere })}`,
    );
    const config = await loadConfig(file);
    const middleware = await buildMiddleware(config, { environment, now: desk.now });
    return { config, middleware, file };
  };
  let built = await desk.build(folder, url, true);
  const clients = new Map();
  desk.gate = () => built.middleware.find(({ name }) => name === 'approval');
  desk.clientOf = (principal) => {
    const { config, middleware } = built;
    const client = clients.get(principal) ?? connect({ endpoint, principal, config, middleware });
    clients.set(principal, client);
    return client;
  };
  desk.restart = async () => {
    for (const layer of built.middleware.toReversed()) await layer.close?.();
    clients.clear();
    const config = await loadConfig(built.file);
    built = { ...built, config, middleware: await buildMiddleware(config, { environment, now: desk.now }) };
  };
  /** The guard looks at its file every two seconds. */
  desk.rewrite = async (change) => {
    const before = changes(folder);
    writeFileSync(built.file, change(readFileSync(built.file, 'utf8')));
    while (changes(folder) === before) await sleep(100);
    return done;
  };
  return desk;
}

/** How often the record says that another policy is in force. */
function changes(folder) {
  const names = readdirSync(join(folder, 'audit')).filter((name) => name.endsWith('.jsonl'));
  const texts = names.map((name) => readFileSync(join(folder, 'audit', name), 'utf8'));
  return texts.join('').split('"policy.changed"').length;
}

async function receiver(desk) {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      desk.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(desk.answer.status, desk.answer.headers).end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.unref();
}
