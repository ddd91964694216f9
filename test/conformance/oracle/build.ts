/** The independent analyser, built from its sources once per version of them. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const sources = resolve(root, '../shared/oracle');
const cache = join(root, '.cache/oracle');

/** The path of the program, or nothing where its sources are not there. */
export function builtOracle(): string | undefined {
  if (!existsSync(join(sources, 'go.mod'))) return undefined;
  const names = readdirSync(sources).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name));
  const binary = join(cache, `googlesql-oracle-${hashOf(names)}`);
  if (!existsSync(binary)) build(names, binary);
  return binary;
}

function hashOf(names: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of names.toSorted()) hash.update(name).update(readFileSync(join(sources, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Renamed into place: a broken-off build leaves nothing that looks whole. */
function build(names: readonly string[], binary: string): void {
  const folder = `${binary}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  for (const name of names) copyFileSync(join(sources, name), join(folder, name));
  console.log('Building the independent analyser: about three minutes the first time.');
  const { status } = spawnSync('go', ['build', '-o', 'built', '.'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('The independent analyser does not build: it needs Go 1.26.');
  renameSync(join(folder, 'built'), binary);
  rmSync(folder, { recursive: true });
}
