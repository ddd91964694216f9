import { describe, expect, it } from 'vitest';
import { createContext, type Context } from '../../../src/call/context.ts';
import { fromHttpRequest } from '../../../src/call/normalise.ts';
import { followedJob, inLocationOf } from '../../../src/middleware/policy/follow-up.ts';
import { jobRegistry, type JobRecord, type JobRegistry } from '../../../src/middleware/policy/index.ts';

const job = (principalId: string, location: string | undefined): JobRecord => ({
  project: 'acme',
  jobId: 'report',
  location,
  principalId,
  masked: false,
  sql: 'SELECT 1',
  outputs: [],
  positions: undefined,
  copies: [],
  detectors: [],
  callId: 'call',
});

const as = (id: string): Context =>
  createContext({
    principal: { id, groups: [], delegation: [], verified: true },
    signal: new AbortController().signal,
    now: () => new Date(0),
    upstream: () => Promise.reject(new TypeError('unused')),
  });

const poll = (query = '') =>
  fromHttpRequest({ method: 'GET', url: `/bigquery/v2/projects/acme/queries/report${query}` });

const of = (records: readonly JobRecord[]): JobRegistry => {
  const jobs = jobRegistry();
  for (const record of records) jobs.add(record);
  return jobs;
};

describe('a poll', () => {
  it('in the location of the own job follows it, in another one it does not', () => {
    const mine = job('mallory', 'US');
    const jobs = of([mine]);
    expect(followedJob(poll('?location=us'), as('mallory'), jobs)).toBe(mine);
    expect(followedJob(poll('?location=EU'), as('mallory'), jobs)).toBe(undefined);
    expect(followedJob(poll('?location=US'), as('ana'), jobs)).toBe(undefined);
  });

  it('that names no location is pinned to that of the own job, and follows none where there are two', () => {
    const mine = job('mallory', 'US');
    const jobs = of([mine]);
    expect(followedJob(poll(), as('mallory'), jobs)).toBe(mine);
    expect(inLocationOf(mine, poll()).query).toEqual({ location: 'US' });
    expect(inLocationOf(mine, poll('?location=us')).query).toEqual({ location: 'us' });
    jobs.add(job('ana', 'EU'));
    expect(followedJob(poll(), as('mallory'), jobs)).toBe(undefined);
  });

  it('of a job whose id somebody else used again elsewhere still follows it', () => {
    const hers = job('ana', 'EU');
    const jobs = of([hers, job('mallory', 'US')]);
    expect(followedJob(poll('?location=EU'), as('ana'), jobs)).toBe(hers);
    expect(followedJob(poll('?location=EU'), as('mallory'), jobs)).toBe(undefined);
  });
});
