import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

export interface Place {
  readonly folder: string;
  /** The folder of the `node` to run with. */
  readonly node: string;
}

const execute = promisify(execFile);

/** What `npm run` says about this repository would mislead a package manager in another folder. */
const telling = /^(npm_(config_(registry|cache|userconfig|globalconfig))|NPM_CONFIG_.*)$/;

function environment({ node }: Place): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => {
    if (name.startsWith('npm_')) return telling.test(name);
    return !/^(VITEST|NODE_ENV|NODE_OPTIONS|BIGQUERY|GOOGLE)/.test(name);
  });
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(root));
  return { ...Object.fromEntries(kept), PATH: [node, ...path].join(delimiter) };
}

/** Runs a program and answers what it printed; a failure carries everything it printed. */
export async function run(command: string, args: readonly string[], place: Place): Promise<string> {
  try {
    const { stdout } = await execute(command, [...args], {
      cwd: place.folder,
      env: environment(place),
      maxBuffer: 64 * 1024 * 1024,
      timeout: 300_000,
    });
    return stdout;
  } catch (error) {
    const printed = error instanceof Error && 'stdout' in error && 'stderr' in error ? error : undefined;
    const said = [printed?.stdout, printed?.stderr].map(String).join('\n');
    throw new Error(`${command} ${args.join(' ')} failed:\n${said}`, { cause: error });
  }
}

export async function writeManifest(folder: string, manifest: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify({ name: 'consumer', version: '1.0.0', private: true, ...manifest }, null, 2);
  await writeFile(join(folder, 'package.json'), `${text}\n`);
}
