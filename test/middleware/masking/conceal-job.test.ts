import { describe, expect, it } from 'vitest';
import type { Field, Shape } from '../../../src/call/fields.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../src/call/json.ts';
import { operations } from '../../../src/call/operations.ts';
import { concealJob } from '../../../src/middleware/masking/conceal-job.ts';

/** What BigQuery may ever answer about a job, with the path of each field as its value. */
function filled(shape: Shape, path: string, depth = 0): JsonObject {
  return Object.fromEntries(
    [...shape].map(([name, field]) => [name, filledField(field, `${path}.${name}`, depth)]),
  );
}

function filledField(field: Field, path: string, depth: number): Json {
  // Some shapes hold themselves.
  if (depth > 5) return path;
  if (field.kind === 'scalar' || field.kind === 'anything') return path;
  if (field.kind === 'scalars') return [path];
  if (field.kind === 'labels') return { label: path };
  const inner = filled(field.shape(), path, depth + 1);
  if (field.kind === 'one') return inner;
  return field.kind === 'list' ? [inner] : { key: inner };
}

function pathsIn(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => pathsIn(item));
  return isJsonObject(value) ? Object.values(value).flatMap((member) => pathsIn(member)) : [];
}

function told(operation: 'jobs.get' | 'jobs.query' | 'jobs.getQueryResults'): JsonObject {
  return filled(operations.get(operation)?.response ?? new Map(), '');
}

const statisticsOf = (body: Json): Json => (isJsonObject(body) ? (body['statistics'] ?? null) : null);

const tells = (each: Json): readonly string[] =>
  pathsIn(each).filter((path) => /plan|stage|timeline|substeps|slot|referenced|shuffle|index/i.test(path));

const own = { sql: 'SELECT mine', masked: true };

describe('what a masked principal is told of a job', () => {
  const whole = told('jobs.get');
  const { body } = concealJob({ status: 200, body: whole, headers: {} }, own);

  it('has of all statistics only those that say nothing of values', () => {
    expect(pathsIn(statisticsOf(whole)).length).toBeGreaterThan(300);
    const kept = pathsIn(statisticsOf(body)).filter((path) => path.startsWith('.'));
    const groups = new Set(kept.map((path) => path.split('.').slice(0, 4).join('.')));
    expect([...groups].toSorted()).toEqual([
      '.statistics.creationTime',
      '.statistics.endTime',
      '.statistics.numChildJobs',
      '.statistics.parentJobId',
      '.statistics.query.billingTier',
      '.statistics.query.cacheHit',
      '.statistics.query.ddlOperationPerformed',
      '.statistics.query.ddlTargetTable',
      '.statistics.query.dmlStats',
      '.statistics.query.numDmlAffectedRows',
      '.statistics.query.schema',
      '.statistics.query.statementType',
      '.statistics.query.undeclaredQueryParameters',
      '.statistics.startTime',
    ]);
  });

  it('has no plan, stage, timeline, size or table', () => {
    expect(tells(statisticsOf(whole)).length).toBeGreaterThan(50);
    expect(tells(statisticsOf(body))).toEqual([]);
    // A size that cannot be read is none.
    expect(statisticsOf(body)).toMatchObject({ totalBytesProcessed: '0', query: { totalBytesBilled: '0' } });
  });

  it('shows the SQL that was sent', () => {
    expect(body).toMatchObject({ configuration: { query: { query: 'SELECT mine' } } });
  });

  it.each(['jobs.query', 'jobs.getQueryResults'] as const)(
    'has rounded sizes in the answer to %s',
    (operation) => {
      const answer = { ...told(operation), totalBytesProcessed: '1' };
      const concealed = concealJob({ status: 200, body: answer, headers: {} }, own);
      expect(concealed.body).toMatchObject({ totalBytesProcessed: '10485760' });
    },
  );
});
