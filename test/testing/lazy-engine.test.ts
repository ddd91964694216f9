import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

const script = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ resolve(name, context, next) { loaded.push(name); return next(name, context); } });
  const testing = await import('./src/testing/index.ts');
  const fake = await testing.fakeBigQuery({ tables: { 'shop.orders': { rows: [{ id: 1 }] } } });
  await fake.close();
  console.log(JSON.stringify(loaded.filter((name) => /duckdb|open-engine|sql-parser/.test(name))));
`;

it('the engine, DuckDB and the parser are not loaded before a stand-in starts', async () => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  expect(stdout.trim()).toBe('[]');
});
