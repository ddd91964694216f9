import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installBqemulator } from './bqemulator.ts';

/**
 * Runs the bypass catalogue beside the repository against the library: `npm run acceptance:bypass [-- options]`.
 * `--stand-in` takes two of our own stand-ins as backends in place of bqemulator; all other options are the runner's.
 */
const here = import.meta.dirname;
const runner = join(here, '../../../shared/acceptance/bypass/run.mjs');

async function backendCommand(useStandIn: boolean): Promise<string> {
  if (useStandIn) return `${process.execPath} ${join(here, 'stand-in-backend.ts')} {port} {project}`;
  const program = await installBqemulator();
  return `${program} start --rest-port {port} --grpc-port {grpcPort} --project {project} --log-level error`;
}

if (!existsSync(runner)) {
  console.log('The bypass catalogue is not here (../shared/acceptance/bypass): nothing was run.');
  if (process.env['CI'] === 'true') process.exitCode = 1;
} else {
  const useStandIn = process.argv.includes('--stand-in');
  const options = process.argv.slice(2).filter((option) => option !== '--stand-in');
  const module = join(here, 'bypass-library.mjs');
  const ops = join(here, 'bypass-ops.mjs');
  const command = await backendCommand(useStandIn);
  const given = ['--adapter', 'library', '--module', module, '--ops', ops, '--backend-command', command];
  const backends = ['--backend-a', 'http://127.0.0.1:9050', '--backend-b', 'http://127.0.0.1:9350'];
  const { status } = spawnSync(process.execPath, [runner, ...given, ...backends, ...options], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 2;
}
