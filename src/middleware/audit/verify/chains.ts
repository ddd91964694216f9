import { readdir, stat } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';
import { chainOf, closedSegments } from '../file/segments.ts';

/** The files of one chain, in its order. */
export interface ChainFiles {
  /** The file that is written to, by which the chain is named. */
  readonly path: string;
  readonly closed: readonly string[];
  /** The same file, where there is one: a chain may have been closed a moment ago, or removed. */
  readonly last: readonly string[];
}

/** The chains of a folder, also those of which only what stands beside them is left; or the chain of a file. */
export async function chainsIn(path: string): Promise<readonly ChainFiles[]> {
  if (!(await stat(path)).isDirectory()) return [chain(path, await readdir(dirname(path)))];
  const names = await readdir(path);
  const marks = names.map((name) => name.replace(/\.(?:heads|segments)$/, ''));
  const chains = marks.filter((name) => name.endsWith('.jsonl')).map(chainOf);
  if (chains.length === 0) throw new Error('no chains');
  return [...new Set(chains)].toSorted().map((name) => chain(join(path, name), names));
}

function chain(path: string, names: readonly string[]): ChainFiles {
  return { path, closed: closedSegments(path, names), last: names.includes(basename(path)) ? [path] : [] };
}
