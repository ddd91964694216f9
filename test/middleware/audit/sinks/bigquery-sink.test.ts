import { BigQuery } from '@google-cloud/bigquery';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bigquerySink } from '../../../../src/middleware/audit/sinks/bigquery-sink.ts';
import { startStandIn, testSink, type SinkBench } from '../../../../src/testing/index.ts';
import { entry } from '../harness.ts';
import { chained, events, never } from './events.ts';

async function started() {
  const standIn = await startStandIn();
  const client = new BigQuery(standIn.clientOptions);
  await client.createDataset('guard');
  const lines = async (): Promise<readonly string[]> => {
    const [rows] = await client.query('SELECT line FROM guard.guard_events ORDER BY sequence');
    return rows.map(({ line }: { line: string }) => line);
  };
  return { standIn, client, lines, sink: bigquerySink({ client, dataset: 'guard' }) };
}

async function bench(): Promise<SinkBench> {
  const { standIn, client, lines, sink } = await started();
  return {
    sink,
    received: lines,
    async fail(failing) {
      if (failing) await client.dataset('guard').delete({ force: true });
      else await client.createDataset('guard');
    },
    close: () => standIn.close(),
  };
}

testSink('a table of BigQuery', bench, { describe, expect, it });

describe('the table of events', () => {
  it('is made by day, with a column for what is asked for most', async () => {
    const { standIn, client, sink } = await started();
    onTestFinished(() => standIn.close());
    const [event] = chained([
      { ...entry(1), agent: { name: 'reporter', model: 'm1' }, session: 's1', call: 'c1', job: 'acme:EU.j1' },
    ]);
    if (event === undefined) throw new Error('no event');
    await sink.send([event], never);
    const [{ timePartitioning, clustering }] = await client
      .dataset('guard')
      .table('guard_events')
      .getMetadata();
    expect({ timePartitioning, clustering }).toMatchObject({
      timePartitioning: { type: 'DAY', field: 'time' },
      clustering: { fields: ['type', 'session_id'] },
    });
    const [rows] = await client.query(
      `SELECT id, sequence, type, principal, principal_groups, agent, model, session_id, call_id, job_id, event_hash, previous_hash,
        JSON_VALUE(data, '$.policyDigest') AS digest FROM guard.guard_events`,
    );
    const { id, sequence, type, hash, previousHash } = event.event;
    expect(rows).toEqual([
      {
        id,
        sequence,
        type,
        event_hash: hash,
        previous_hash: previousHash,
        principal: 'ana',
        principal_groups: ['owners'],
        agent: 'reporter',
        model: 'm1',
        session_id: 's1',
        call_id: 'c1',
        job_id: 'acme:EU.j1',
        digest: '1'.padStart(64, '0'),
      },
    ]);
  });

  it('gets the columns that an older version did not have, and keeps those that somebody added', async () => {
    const { standIn, client, sink, lines } = await started();
    onTestFinished(() => standIn.close());
    await client.dataset('guard').createTable('guard_events', {
      schema: [
        { name: 'id', type: 'STRING', mode: 'REQUIRED' },
        { name: 'time', type: 'TIMESTAMP', mode: 'REQUIRED' },
        { name: 'note', type: 'STRING' },
      ],
    });
    await sink.send(events(2), never);
    const [{ schema }] = await client.dataset('guard').table('guard_events').getMetadata();
    const names = schema.fields.map(({ name }: { name: string }) => name);
    expect(names.slice(0, 4)).toEqual(['id', 'time', 'note', 'sequence']);
    expect(await lines()).toEqual(events(2).map(({ line }) => line));
  });

  it('takes the rows that are right, and the others are named', async () => {
    const { standIn, sink, lines } = await started();
    onTestFinished(() => standIn.close());
    const sent = chained([entry(1), { ...entry(2), time: 'no time' }, entry(3)]);
    const [first, wrong, last] = sent;
    expect(await sink.send(sent, never)).toEqual([{ id: wrong?.event.id, reason: 'invalid' }]);
    expect(await lines()).toEqual([first?.line, last?.line]);
  });
});
