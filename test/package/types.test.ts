import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { consumer, guardTarball, type Consumer } from './consumer.ts';
import { root } from './run.ts';

/** How users' compilers find the types of a package. */
const resolutions = [
  { name: 'node16, CommonJS', type: 'commonjs', options: { module: 'node16' } },
  { name: 'node16, ESM', type: 'module', options: { module: 'node16' } },
  { name: 'a bundler', type: 'module', options: { module: 'esnext', moduleResolution: 'bundler' } },
];

describe('the types, under the name of the official client', () => {
  let project: Consumer;

  beforeAll(async () => {
    const dependencies = { '@google-cloud/bigquery': guardTarball() };
    const devDependencies = { '@types/node': '24.19.2' };
    project = await consumer('npm', { dependencies, devDependencies }, ['types']);
  });

  it.each(resolutions)('fit a program with the original import lines: $name', async ({ type, options }) => {
    const folder = join(project.folder, `${type}-${options.module}`);
    const compilerOptions = {
      ...options,
      strict: true,
      noEmit: true,
      target: 'es2022',
      types: ['node'],
    };
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type }));
    for (const file of ['program.ts', 'rest-types.cts']) {
      await cp(join(project.folder, file), join(folder, file));
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    expect(await project.run('node', [compiler, '-p', folder], '24')).toBe('');
  });
});
