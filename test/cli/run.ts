import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly printed: string;
  readonly complained: string;
}

/** Runs `bigquery-guard` with these words. */
export function runCli(words: readonly string[], typed = ''): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...words], {
    env: { ...process.env, GOOGLE_CLOUD_PROJECT: '' },
  });
  const ended = { printed: '', complained: '' };
  child.stdout.on('data', (data: Buffer) => (ended.printed += data.toString('utf8')));
  child.stderr.on('data', (data: Buffer) => (ended.complained += data.toString('utf8')));
  child.stdin.end(typed);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...ended })));
}
