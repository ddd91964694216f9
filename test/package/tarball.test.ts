import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { consumer, guardTarball, nodeVersions, type Consumer } from './consumer.ts';
import { root } from './run.ts';

describe('the packed tarball', () => {
  let project: Consumer;
  let folder: string;

  beforeAll(async () => {
    project = await consumer('npm', { dependencies: { 'bigquery-guard': guardTarball() } }, ['parser']);
    folder = join(project.folder, 'node_modules/bigquery-guard');
  });

  const textsOf = async (part: string): Promise<readonly string[]> => {
    const names = await readdir(join(folder, part), { recursive: true });
    const scripts = names.filter((name) => /\.[cm]?js$/.test(name));
    return Promise.all(scripts.map((name) => readFile(join(folder, part, name), 'utf8')));
  };

  it('holds the built files, the schema of policy files, licence and notices, and no sources or tests', async () => {
    const names = await readdir(folder);
    expect(names.toSorted()).toEqual(['LICENSE', 'README.md', 'build', 'dist', 'docs', 'package.json']);
    expect(await readdir(join(folder, 'docs'))).toEqual([
      'catalog.schema.json',
      'facts.schema.json',
      'fixtures.schema.json',
      'guard.schema.json',
    ]);
    expect(await readFile(join(folder, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8')).toMatch(/^canonicalize$/m);
  });

  it('holds nothing of the SQL parser', async () => {
    const marks = ['peg$SyntaxError', 'peg$parse'];
    const parser = await readFile(join(root, 'node_modules/sql-parser-cst/lib/parser.js'), 'utf8');
    const texts = [...(await textsOf('dist')), ...(await textsOf('build'))];
    expect(marks.filter((mark) => parser.includes(mark))).toEqual(marks);
    expect(texts.length).toBeGreaterThan(10);
    expect(marks.filter((mark) => texts.some((text) => text.includes(mark)))).toEqual([]);
  });

  it.each(nodeVersions)(
    'loads the SQL parser when SQL is analysed, and not before, on Node %s',
    async (node) => {
      expect(await project.probe('parser.cjs', node)).toEqual({
        loadedByImport: false,
        loadedByReadingATable: false,
        loadedByAQuery: true,
        answers: ['403 ERR_POLICY_DENIED', '403 ERR_POLICY_DENIED'],
      });
    },
  );

  it.each(nodeVersions)('has a command that checks a policy file on Node %s', async (node) => {
    const printed = await project.run('node_modules/.bin/bigquery-guard', ['check', 'closed.yaml'], node);
    expect(printed).toContain('closed.yaml');
  });

  it('refuses SQL, and nothing else, where the SQL parser was left out', async () => {
    await rm(join(project.folder, 'node_modules/sql-parser-cst/lib'), { recursive: true });
    expect(await project.probe('parser.cjs', '24')).toEqual({
      loadedByImport: false,
      loadedByReadingATable: false,
      loadedByAQuery: false,
      answers: ['403 ERR_POLICY_DENIED', expect.stringMatching(/^403 ERR_/)],
    });
  });
});
