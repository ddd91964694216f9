/** A project of someone who installs the packed tarball, in an empty folder outside of the repository. */
import { cp, mkdtemp, readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { root, run, writeManifest } from './run.ts';
import type { Workshop } from './pack.ts';

export type Manager = 'npm' | 'pnpm';
export type NodeVersion = keyof Workshop['nodes'];

export const nodeVersions: readonly NodeVersion[] = ['22.13', '24'];

export interface Consumer {
  readonly folder: string;
  /** Runs a script of the project and reads the JSON that it prints. */
  probe(script: string, node: NodeVersion, ...args: string[]): Promise<unknown>;
  run(command: string, args: readonly string[], node: NodeVersion): Promise<string>;
}

export const workshop = (): Workshop => inject('workshop');

/** The tarball as a version, for `dependencies` and `overrides`. */
export const guardTarball = (): string => `file:${workshop().tarball}`;

/** Lays `fixtures/<name>` and a manifest into a new folder and installs what the manifest asks for. */
export async function consumer(
  manager: Manager,
  manifest: object,
  fixtures: readonly string[],
): Promise<Consumer> {
  const { folder: parent, nodes } = workshop();
  const folder = await mkdtemp(join(parent, 'consumer-'));
  await writeManifest(folder, manifest);
  for (const name of fixtures) await cp(fixture(name), folder, { recursive: true });
  await install(manager, folder, nodes['24']);
  return {
    folder,
    probe: async (script, node, ...args) =>
      JSON.parse(await run('node', [script, ...args], { folder, node: nodes[node] })),
    run: (command, args, node) => run(command, args, { folder, node: nodes[node] }),
  };
}

export const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

async function install(manager: Manager, folder: string, node: string): Promise<void> {
  const place = { folder, node };
  if (manager === 'npm') await run('npm', ['install', '--no-audit', '--no-fund'], place);
  else await run('node', [join(root, 'node_modules/pnpm/bin/pnpm.cjs'), 'install'], place);
}

/** Packs a fixture that plays someone else's package. */
export async function packFixture(name: string): Promise<string> {
  const { folder, nodes } = workshop();
  const packed = await run('npm', ['pack', fixture(name), '--json', '--pack-destination', folder], {
    folder,
    node: nodes['24'],
  });
  const [{ filename }]: [{ readonly filename: string }] = JSON.parse(packed);
  return `file:${join(folder, filename)}`;
}

/** Versions of the official client in the tree; the same folder reached over links counts once. */
export async function officialCopies(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const manifests = entries
    .filter(
      (entry) =>
        entry.name === 'package.json' && /node_modules.(\.|@google-cloud|bigquery)/.test(entry.parentPath),
    )
    .map((entry) => join(entry.parentPath, entry.name));
  const places = new Set(await Promise.all(manifests.map((manifest) => realpath(manifest))));
  const read = [...places].map(async (place) => {
    const { name, version }: { name?: string; version?: string } = JSON.parse(await readFile(place, 'utf8'));
    return name === '@google-cloud/bigquery' ? [String(version)] : [];
  });
  return (await Promise.all(read)).flat();
}
