import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A block of code in the documentation. */
export interface Fence {
  readonly file: string;
  /** Where its first line of code stands in the file. */
  readonly line: number;
  /** What stands behind the backticks: the language, then words of ours. */
  readonly words: readonly string[];
  readonly code: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));

function documents(): readonly string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const inRoot = readdirSync(root, { encoding: 'utf8' });
  return [...inRoot, ...inDocs.map((name) => join('docs', name))].filter((name) => name.endsWith('.md'));
}

function* fencesIn(file: string): Generator<Fence> {
  const text = readFileSync(join(root, file), 'utf8');
  for (const match of text.matchAll(/^```(\S.*)\n([^]*?)^```$/gm)) {
    const [, words = '', code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length + 1;
    yield { file, line, words: words.split(/\s+/), code };
  }
}

/** All blocks of README.md, CHANGELOG.md and docs/. */
export function fences(): readonly Fence[] {
  return documents().flatMap((file) => [...fencesIn(file)]);
}
