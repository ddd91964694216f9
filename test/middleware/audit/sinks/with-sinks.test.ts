import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileAudit, verify } from '../../../../src/middleware/audit/index.ts';
import {
  EventsRefused,
  withSinks,
  type AuditSink,
  type SinkDelivery,
} from '../../../../src/middleware/audit/sinks/index.ts';
import { entry, linesIn, temporaryFolder } from '../harness.ts';

function collecting(send?: AuditSink['send']) {
  const lines: string[] = [];
  const sink: AuditSink = {
    name: 'other',
    async send(events, signal) {
      const refused = (await send?.(events, signal)) ?? [];
      lines.push(...events.map(({ line }) => line));
      return refused;
    },
  };
  return { lines, sink };
}

function opened(folder: string, delivery: SinkDelivery, patience?: number, maximumBytes?: number) {
  const files = fileAudit({ folder, ...(maximumBytes !== undefined && { segments: { maximumBytes } }) });
  return withSinks(files, {
    folder: join(folder, 'sinks'),
    sinks: [{ firstRetry: 1, ...delivery }],
    ...(patience !== undefined && { patience }),
  });
}

it('a sink gets the lines of the record, over all its segments, also those that an earlier process left', async () => {
  const folder = temporaryFolder();
  const earlier = fileAudit({ folder });
  await earlier.append([entry(1)]);
  await earlier.close();
  const { sink, lines } = collecting();
  const store = opened(folder, { sink }, undefined, 2000);
  for (let number = 2; number < 30; number += 1) await store.append([entry(number), entry(number)]);
  await store.close();
  const names = (await import('node:fs')).readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  expect(names.length).toBeGreaterThan(5);
  const closed = names.filter((name) => name !== 'audit-0001.jsonl').toSorted();
  expect(lines).toEqual([...closed, 'audit-0001.jsonl'].flatMap((name) => linesIn(join(folder, name))));
  expect(await verify(folder)).toMatchObject({ ok: true });
});

it('what a sink got is not sent again by the next process', async () => {
  const folder = temporaryFolder();
  const first = collecting();
  const before = opened(folder, { sink: first.sink });
  await before.append([entry(1)]);
  await before.close();
  const second = collecting();
  const after = opened(folder, { sink: second.sink });
  await after.append([entry(2)]);
  await after.close();
  expect([...first.lines, ...second.lines]).toEqual(linesIn(join(folder, 'audit-0001.jsonl')));
});

it('a call does not wait for an eventual sink', async () => {
  const folder = temporaryFolder();
  const store = opened(
    folder,
    { sink: { name: 'other', send: () => new Promise<never>(() => undefined) } },
    20,
  );
  await store.append([entry(1)]);
  expect(store.metrics()).toMatchObject([{ sink: 'other', sent: 0 }]);
  await store.close();
});

it('a call waits for a required sink', async () => {
  const folder = temporaryFolder();
  const { sink, lines } = collecting();
  const store = opened(folder, { sink, delivery: 'required' });
  await store.append([entry(1)]);
  expect(lines).toEqual(linesIn(join(folder, 'audit-0001.jsonl')));
  await store.close();
});

it('without its required sink no call is made, and what is offered again is recorded once', async () => {
  const folder = temporaryFolder();
  let down = true;
  const { sink } = collecting(async () => {
    if (down) throw new Error('down');
    return [];
  });
  const store = opened(folder, { sink, delivery: 'required' }, 200);
  const entries = [entry(1)];
  await expect(store.append(entries)).rejects.toMatchObject({ guardCode: 'ERR_AUDIT_UNAVAILABLE' });
  await expect(store.append(entries)).rejects.toMatchObject({ guardCode: 'ERR_AUDIT_UNAVAILABLE' });
  down = false;
  await expect
    .poll(() =>
      store.append(entries).then(
        () => 'taken',
        () => 'refused',
      ),
    )
    .toBe('taken');
  await store.close();
  const types = linesIn(join(folder, 'audit-0001.jsonl')).map((line) => JSON.parse(line).type);
  expect(types).toEqual(['audit.opened', 'policy.changed', 'audit.closed']);
});

it('what is refused for good is kept with the reason', async () => {
  const folder = temporaryFolder();
  const { sink } = collecting(async (events) => {
    if (events.some(({ event }) => event.type === 'policy.changed')) throw new EventsRefused('too large');
    return [];
  });
  const store = opened(folder, { sink });
  await store.append([entry(1)]);
  await store.close();
  const kept = linesIn(join(folder, 'sinks', 'other.refused.jsonl')).map((line) => JSON.parse(line));
  expect(kept).toEqual([{ reason: 'too large', line: linesIn(join(folder, 'audit-0001.jsonl'))[1] }]);
});

it('a damaged note of how far a sink has come is no reason to begin anew, or to skip anything', async () => {
  const folder = temporaryFolder();
  const first = collecting();
  const before = opened(folder, { sink: first.sink });
  await before.append([entry(1)]);
  await before.close();
  const note = join(folder, 'sinks', 'other.audit-0001.json');
  expect(readFileSync(note, 'utf8')).toMatch(/^\{"offset":\d+,"segment":1\}\n$/);
  writeFileSync(note, '{"offset":');
  const second = collecting();
  const after = opened(folder, { sink: second.sink }, 50);
  await after.append([entry(2)]);
  await after.close();
  expect(second.lines).toEqual([]);
});
