import { describe, expect, it } from 'vitest';
import { consumer, guardTarball } from './consumer.ts';

describe('the demo of the packed tarball', () => {
  it('runs on the oldest Node once DuckDB is installed beside it, and proves its record', async () => {
    const dependencies = { 'bigquery-guard': guardTarball(), '@duckdb/node-api': '1.5.6-r.1' };
    const project = await consumer('npm', { dependencies }, []);
    const printed = await project.run('node_modules/.bin/bigquery-guard', ['demo'], '22.13');
    expect(printed.match(/record: \d+ events, the chain is whole/g)).toHaveLength(2);
  });
});
