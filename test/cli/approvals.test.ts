import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../src/call/compose.ts';
import { entryApprovals, type ApprovalNotice } from '../../src/middleware/approval/index.ts';
import { audit, fileAudit } from '../../src/middleware/audit/index.ts';
import { openDesk } from '../../src/cli/approvals/open-desk.ts';
import { sharedFolder } from '../../src/store/index.ts';
import {
  ana,
  answer,
  ben,
  failure,
  openGate,
  receiver,
  secret,
  someCall,
  someContext,
  stranger,
  type Gate,
} from '../middleware/approval/harness.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly printed: string;
  readonly complained: string;
}

async function run(
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...words], { env: { ...process.env, ...variables } });
  const ended = { printed: '', complained: '' };
  child.stdout.on('data', (data: Buffer) => (ended.printed += data.toString('utf8')));
  child.stderr.on('data', (data: Buffer) => (ended.complained += data.toString('utf8')));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...ended })));
}

const by = (privateKey: string): Record<string, string> => ({ BIGQUERY_GUARD_APPROVER_KEY: privateKey });

let folder: string;
let config: string;
let gate: Gate;
let url: string;
let closeAll: () => Promise<void>;

/** A guard that waits for people, with its policy file; the command line runs in processes of its own. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'approvals-'));
  config = join(folder, 'guard.yaml');
  const hook = await receiver((response, attempt) => response.writeHead(attempt === 1 ? 204 : 500).end());
  await writeFile(
    config,
    `version: 1
project: acme
people:
  owners:
    members:
      - { id: ana@acme.io, keys: ['${ana.publicKey}'] }
      - { id: ben@acme.io, keys: ['${ben.publicKey}'] }
channels:
  good: { webhook: '${hook.url}', secretFromEnv: HOOK, allowInsecureLoopback: true }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`,
  );
  const shared = sharedFolder({ folder: join(folder, 'audit', 'approvals') });
  gate = openGate({ store: entryApprovals(shared.entries), onPending: 'throw' });
  ({ url } = await gate.gate.listen(0));
  closeAll = async () => {
    await gate.gate.close();
    await shared.close?.();
    await hook.close();
    await rm(folder, { recursive: true });
  };
});

afterAll(async () => closeAll());

async function asked(sql: string): Promise<ApprovalNotice> {
  const told = gate.box.next();
  await failure(gate.run(someCall(sql), someContext()));
  return told;
}

describe('bigquery-guard approvals', () => {
  it('lists, shows and decides at the callback of a running guard', async () => {
    const sql = 'UPDATE shop.orders SET status = "paid" WHERE id = 1';
    const { id } = await asked(sql);
    const listed = await run(['approvals', 'list', '--url', url], by(ana.privateKey));
    expect([listed.code, listed.printed]).toEqual([
      0,
      expect.stringMatching(`^${id}  pending  until .*Z  jobs.query by agent-a, 1 needed\n$`),
    ]);
    const shown = await run(['approvals', 'show', id, '--url', url], by(ana.privateKey));
    expect(shown.printed).toContain(`${id} is pending\n\n${sql}\n`);
    const approved = await run(
      ['approvals', 'approve', id, '--url', url, '--comment', 'fine'],
      by(ana.privateKey),
    );
    expect(approved).toEqual({ code: 0, printed: `${id} is approved.\n`, complained: '' });
    expect((await gate.gate.find(id))?.votes).toMatchObject([
      { person: 'ana@acme.io', verdict: 'approve', comment: 'fine', proof: { kind: 'signature' } },
    ]);
    const revoked = await run(
      ['approvals', 'revoke', id, '--url', url, '--reason', 'wrong'],
      by(ben.privateKey),
    );
    expect([revoked.code, revoked.printed]).toEqual([0, `${id} is revoked.\n`]);
  });

  it('decides in the folder of a policy file, by signature there too', async () => {
    const { id } = await asked('UPDATE shop.orders SET status = "paid" WHERE id = 2');
    const words = ['--config', config];
    const unknown = await run(['approvals', 'reject', id, ...words], by(stranger.privateKey));
    expect([unknown.code, unknown.complained]).toEqual([1, 'Refused with 401: unauthorized.\n']);
    const rejected = await run(['approvals', 'reject', id, ...words, '--comment', 'no'], by(ben.privateKey));
    expect(rejected).toEqual({ code: 0, printed: `${id} is rejected.\n`, complained: '' });
    expect((await gate.gate.find(id))?.state).toBe('rejected');
    const verified = await run(['audit', 'verify', join(folder, 'audit'), ...words]);
    expect([verified.code, verified.printed]).toEqual([
      0,
      expect.stringContaining('1 decisions: 1 proved, 0 signed, 0 vouched for by a channel'),
    ]);
  });

  it('says what is missing', async () => {
    const list = ['approvals', 'list'];
    const noKey = await run([...list, '--url', url], by(''));
    expect([noKey.code, noKey.complained]).toEqual([
      2,
      expect.stringContaining('bigquery-guard approvals new-key'),
    ]);
    await expect(openDesk({})).rejects.toThrow('either --url, the callback of a guard, or --config');
    await expect(openDesk({ url: 'http://guard.acme.io/' })).rejects.toThrow(
      '--url is not an https: address.',
    );
    const made = await run(['approvals', 'new-key']);
    expect(made.printed).toMatch(/^private.*: whsk_\S{88}\npublic.*: whpk_\S{44}\n$/);
  });

  it('pings the channels of a policy file', async () => {
    const ping = ['approvals', 'ping', '--config', config];
    const good = await run(ping, { HOOK: secret });
    expect([good.code, good.printed]).toEqual([0, 'good: ok, answered 204\n']);
    const bad = await run(ping, { HOOK: secret });
    expect([bad.code, bad.printed]).toEqual([1, 'good: FAILED, answered 500\n']);
  });

  it('prints from a record who was told', async () => {
    const trail = join(folder, 'deliveries');
    const store = fileAudit({ folder: trail });
    const opened = openGate({ onPending: 'throw' });
    await failure(compose([audit({ store }), opened.gate], async () => answer)(someCall(), someContext()));
    await store.close();
    const [entry] = opened.gate.deliveries();
    const { code, printed } = await run(['approvals', 'deliveries', trail]);
    expect([code, printed]).toEqual([
      0,
      expect.stringMatching(`Z  ${entry?.approval}  postbox  attempt 1  delivered\n$`),
    ]);
    await opened.gate.close();
  });
});
