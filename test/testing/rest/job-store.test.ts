import { describe, expect, it } from 'vitest';
import { Job, type JobReference, type Outcome } from '../../../src/testing/rest/jobs/job.ts';
import { JobStore } from '../../../src/testing/rest/jobs/job-store.ts';

const outcomeOf = (heldRows: number): Outcome => ({
  kind: 'query',
  result: { statementType: 'SELECT', totalBytesProcessed: 0, referencedTables: [] },
  schema: [],
  rows: { totalRows: heldRows, heldRows, slice: () => [] },
  bytesBilled: 0,
  destination: undefined,
});

async function add(store: JobStore, jobId: string, rows: number): Promise<Job> {
  const reference: JobReference = { projectId: 'p', jobId, location: 'US' };
  const run = (): Promise<Outcome> => Promise.resolve(outcomeOf(rows));
  const job = new Job({ reference, configuration: {}, now: () => new Date(0), run });
  store.add(job, `request of ${jobId}`);
  await job.finished;
  return job;
}

const ids = (store: JobStore): readonly string[] => store.list('p').map(({ reference }) => reference.jobId);

describe('the job store', () => {
  it('forgets the oldest results when too many rows lie in memory', async () => {
    const store = new JobStore();
    await add(store, 'first', 1_000_000);
    await add(store, 'second', 900_000);
    await add(store, 'third', 500_000);
    expect(ids(store)).toEqual(['third', 'second']);
    expect(store.byRequest('p', 'request of first')).toBeUndefined();
  });

  it('keeps the newest result however large it is', async () => {
    const store = new JobStore();
    await add(store, 'small', 1);
    await add(store, 'large', 5_000_000);
    expect(ids(store)).toEqual(['large']);
  });

  it('counts no rows of deleted jobs', async () => {
    const store = new JobStore();
    store.delete(await add(store, 'first', 1_900_000));
    await add(store, 'second', 1_900_000);
    await add(store, 'third', 50_000);
    expect(ids(store)).toEqual(['third', 'second']);
  });
});
