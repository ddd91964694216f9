import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startStandIn } from '../../testing/index.ts';
import type { Outcome } from './agent.ts';
import { startApprover } from './approver.ts';
import { guardFile } from './guard-file.ts';
import { printBeside } from './print-beside.ts';
import { questions } from './questions.ts';
import { readRecord } from './read-record.ts';
import { plant } from './plant.ts';
import { shop } from './shop.ts';

const project = 'demo-project';
const thinkingMs = 1_500;

/**
 * Two scenes over one generated shop: the guard in the agent's process, then the guard as a service with an agent
 * that has no way to BigQuery but through it. Returns 0 when every question ended as it must and both records hold.
 * The shop lies in our stand-in, or in the emulator at `url`.
 */
export async function demo(url?: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'bigquery-guard-demo-'));
  const backend = await openShop(url);
  try {
    print(`${backend.name} holds the shop: ${backend.url}`);
    const inProcess = await scene(
      '1. The guard in the agent’s process',
      backend,
      join(folder, 'library'),
      runLibrary,
    );
    const remote = await scene(
      '2. The guard as a service; the agent holds no Google credential',
      backend,
      join(folder, 'service'),
      runRemote,
    );
    print('');
    print(
      'In process the guard stops mistakes and SQL that a model wrote. Against code that means harm, run it as a service.',
    );
    return inProcess && remote ? 0 : 1;
  } finally {
    await backend.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly configFile: string;
  readonly backend: Backend;
  readonly secrets: Readonly<Record<string, string>>;
}

type Run = (stage: Stage) => Promise<readonly Outcome[]>;

interface Backend {
  readonly name: string;
  /** Whether its dry runs say how many bytes a query reads; without that nothing is too expensive. */
  readonly knowsBytes: boolean;
  readonly url: string;
  close(): Promise<void>;
}

async function openShop(url: string | undefined): Promise<Backend> {
  if (url === undefined) {
    const standIn = await startStandIn({ project, seed: shop() });
    const name = 'A local stand-in for BigQuery';
    return { name, knowsBytes: true, url: standIn.url, close: () => standIn.close() };
  }
  await plant(url, project, shop());
  return { name: 'An emulator', knowsBytes: false, url, close: () => Promise.resolve() };
}

async function scene(title: string, backend: Backend, folder: string, run: Run): Promise<boolean> {
  print(`\n=== ${title} ===`);
  const callbackPort = await freePort();
  const approver = await startApprover(`http://127.0.0.1:${callbackPort}/`, thinkingMs, print);
  const configFile = `${folder}.yaml`;
  const auditFolder = `${folder}-audit`;
  const { webhookUrl, publicKey: approverKey } = approver;
  await writeFile(
    configFile,
    guardFile({ auditFolder, webhookUrl, callbackPort, approverKey, upstream: backend.url }),
  );
  try {
    const secrets = {
      DEMO_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
      DEMO_TOKEN: randomBytes(24).toString('base64url'),
    };
    const outcomes = await run({ configFile, backend, secrets });
    const record = await readRecord(auditFolder);
    printBeside(outcomes, record, print);
    print(
      record.whole
        ? `  record: ${record.events} events, the chain is whole`
        : '  record: THE CHAIN IS BROKEN',
    );
    return (
      record.whole &&
      outcomes.length === questions.length &&
      outcomes.every((outcome) => endedAsMeant(outcome, backend))
    );
  } finally {
    await approver.close();
  }
}

async function runLibrary({ configFile, backend, secrets }: Stage): Promise<readonly Outcome[]> {
  return agent({
    ...secrets,
    BIGQUERY_GUARD_CONFIG: configFile,
    BIGQUERY_EMULATOR_HOST: `${backend.url}/bigquery/v2`,
    METADATA_SERVER_DETECTION: 'none',
  });
}

async function runRemote({ configFile, secrets }: Stage): Promise<readonly Outcome[]> {
  const service = start(['serve', '--config', configFile, '--port', '0'], secrets);
  try {
    const url = await urlOf(service);
    return await agent({ BIGQUERY_GUARD_URL: url, BIGQUERY_GUARD_TOKEN: secrets['DEMO_TOKEN'] ?? '' });
  } finally {
    service.kill('SIGTERM');
    await ended(service);
  }
}

/** The agent runs in a process of its own, with these variables and nothing else that leads to Google. */
async function agent(environment: Readonly<Record<string, string>>): Promise<readonly Outcome[]> {
  const child = start(['demo-agent'], environment);
  const outcomes: Outcome[] = [];
  for await (const line of linesOf(child)) {
    const outcome: Outcome = JSON.parse(line);
    outcomes.push(outcome);
  }
  return outcomes;
}

function start(words: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const [, main = ''] = process.argv;
  return spawn(process.execPath, [...process.execArgv, main, ...words], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function linesOf(child: ChildProcess): AsyncIterable<string> {
  if (child.stdout === null) throw new TypeError('The child process has no output.');
  return createInterface({ input: child.stdout });
}

async function urlOf(service: ChildProcess): Promise<string> {
  for await (const line of linesOf(service)) {
    const found = /listens on (\S+)/.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('The service did not start.');
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

function endedAsMeant({ scene: name, rows, error }: Outcome, { knowsBytes }: Backend): boolean {
  const { ends } = questions.find((question) => question.scene === name) ?? {};
  if (ends === 'rows' || (ends === 'too expensive' && !knowsBytes))
    return rows !== undefined && rows.length > 0;
  if (ends === 'denied') return error?.code === 'ERR_POLICY_DENIED';
  return error?.code === 'ERR_LIMIT_EXCEEDED';
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function print(line: string): void {
  console.log(line);
}
