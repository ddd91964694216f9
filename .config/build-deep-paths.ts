/**
 * Writes `build/src`, the paths inside the official package that people import although it has no `exports` map.
 * Each file hands on the official one; `index` and `bigquery` give the guarded class. Every file loads the guard
 * first, which refuses to start when the official package it finds is itself.
 */
import { createRequire } from 'node:module';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface DeepPath {
  readonly script: string;
  readonly types: string;
}

const official = '@google-cloud/bigquery';
const guard = '../../dist/index.cjs';
const target = fileURLToPath(new URL('../build/src/', import.meta.url));
const require = createRequire(import.meta.url);

const handOn = (name: string): DeepPath => ({
  script: `require('${guard}');\nmodule.exports = require('${official}/build/src/${name}.js');\n`,
  types: `export * from '${official}/build/src/${name}';\n`,
});

const typesOnly = (name: string): DeepPath => ({
  script: `Object.defineProperty(exports, '__esModule', { value: true });\n`,
  // Its namespace of REST types is a default export, which `export *` leaves out.
  types: `export * from '${official}/build/src/${name}';\nexport { default } from '${official}/build/src/${name}';\n`,
});

const index: DeepPath = {
  script: `module.exports = require('${guard}');\n`,
  types: `export * from '${guard}';\n`,
};

/** By name, and not `module.exports = …`, so that `import { BigQuery }` finds the guarded class as well. */
function guardedBigQuery(names: readonly string[]): DeepPath {
  const others = names.filter((name) => name !== 'BigQuery');
  const lines = others.map((name) => `exports.${name} = original.${name};\n`);
  return {
    script:
      `Object.defineProperty(exports, '__esModule', { value: true });\n` +
      `exports.BigQuery = require('${guard}').BigQuery;\n` +
      `const original = require('${official}/build/src/bigquery.js');\n${lines.join('')}`,
    types: `export * from '${official}/build/src/bigquery';\nexport { BigQuery } from '${guard}';\n`,
  };
}

function deepPathOf(name: string, files: ReadonlySet<string>): DeepPath {
  if (name === 'index') return index;
  if (name === 'bigquery') return guardedBigQuery(namesIn(name));
  return files.has(`${name}.js`) ? handOn(name) : typesOnly(name);
}

function namesIn(name: string): readonly string[] {
  const versions = [official, 'bigquery-8'].map((version) => require(`${version}/build/src/${name}`));
  return [...new Set(versions.flatMap((module: object) => Object.keys(module)))].toSorted();
}

async function filesOf(version: string): Promise<readonly string[]> {
  return readdir(dirname(require.resolve(`${version}/build/src/index`)));
}

const files = new Set([...(await filesOf(official)), ...(await filesOf('bigquery-8'))]);
const names = [...files].filter((file) => file.endsWith('.d.ts')).map((file) => file.slice(0, -5));
await mkdir(target, { recursive: true });
await writeFile(join(target, '../package.json'), '{ "type": "commonjs" }\n');
for (const name of names) {
  const { script, types } = deepPathOf(name, files);
  await writeFile(join(target, `${name}.js`), `'use strict';\n${script}`);
  await writeFile(join(target, `${name}.d.ts`), types);
}
