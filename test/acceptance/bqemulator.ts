import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** An emulator of BigQuery that is not ours, from PyPI (Apache-2.0, on DuckDB), and what it does not bring along. */
const packages = [
  'bqemulator==1.4.0',
  'duckdb==1.5.5',
  'numpy',
  'duckdb-extensions==1.5.5',
  'duckdb-extension-spatial==1.5.5',
  'duckdb-extension-avro==1.5.5',
];
const extensions = "from duckdb_extensions import import_extension as i; i('spatial'); i('avro')";

const cache = join(import.meta.dirname, '../../.cache');
const home = join(cache, 'bqemulator-1.4.0');
const complete = join(home, 'complete');
const run = promisify(execFile);

export function hasBqemulator(): boolean {
  return existsSync(complete);
}

/** The path of the emulator's program, which is installed at the first time. Needs Python 3 with `venv`. */
export async function installBqemulator(): Promise<string> {
  if (!hasBqemulator()) {
    await rm(home, { recursive: true, force: true });
    await mkdir(cache, { recursive: true });
    const python = join(home, 'bin/python');
    await run('python3', ['-m', 'venv', home]);
    await run(python, ['-m', 'pip', 'install', '--quiet', ...packages], { maxBuffer: 1 << 26 });
    await run(python, ['-c', extensions]);
    await writeFile(complete, '');
  }
  return join(home, 'bin/bqemulator');
}

export interface Bqemulator {
  readonly url: string;
  close(): Promise<void>;
}

export async function startBqemulator(project: string): Promise<Bqemulator> {
  const program = await installBqemulator();
  const [rest, grpc] = [await freePort(), await freePort()];
  const ports = ['--rest-port', String(rest), '--grpc-port', String(grpc)];
  const child = spawn(program, ['start', ...ports, '--project', project, '--log-level', 'error'], {
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${rest}`;
  await untilAnswering(`${url}/bigquery/v2/projects/${project}/datasets`, child);
  return { url, close: () => stop(child) };
}

async function untilAnswering(address: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) break;
    if (
      await fetch(address).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(100);
  }
  await stop(child);
  throw new Error('bqemulator did not start.');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
