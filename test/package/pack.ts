/** Packs the tarball once and brings the oldest Node we support, in a folder outside the repository. */
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run, writeManifest } from './run.ts';
import type { TestProject } from 'vitest/node';

/** What the tests of the package share. */
export interface Workshop {
  readonly folder: string;
  readonly tarball: string;
  /** Folders that hold `node`. */
  readonly nodes: { readonly '22.13': string; readonly '24': string };
}

declare module 'vitest' {
  interface ProvidedContext {
    workshop: Workshop;
  }
}

export default async function pack(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(join(root, 'dist/index.cjs'))) throw new Error('Nothing is built: npm run build');
  const folder = await mkdtemp(join(tmpdir(), 'bigquery-guard-package-'));
  const node24 = join(process.execPath, '..');
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    folder: root,
    node: node24,
  });
  const [{ filename }]: [{ readonly filename: string }] = JSON.parse(packed);
  project.provide('workshop', {
    folder,
    tarball: join(folder, filename),
    nodes: { '22.13': await oldestNode(join(folder, 'node-22'), node24), '24': node24 },
  });
  return () => rm(folder, { recursive: true, force: true });
}

async function oldestNode(folder: string, node: string): Promise<string> {
  await writeManifest(folder, { dependencies: { node: '22.13.1' }, allowScripts: { node: true } });
  await run('npm', ['install'], { folder, node });
  return join(folder, 'node_modules/node/bin');
}
