import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where the code of the worker lies: beside this file in the sources, in `dist` of the package otherwise, also when
 * this file was bundled into something else. `undefined` where there is no such file.
 */
export function workerFile(): string | undefined {
  const here = import.meta.url;
  const file = here.endsWith('.ts')
    ? fileURLToPath(new URL('worker.ts', here))
    : join(packageFolder(here) ?? '', 'dist', 'sql-worker.cjs');
  return existsSync(file) ? file : undefined;
}

function packageFolder(here: string): string | undefined {
  try {
    return dirname(createRequire(here).resolve('bigquery-guard/package.json'));
  } catch {
    return undefined;
  }
}
