import type { AuditEntry } from '../event.ts';
import type { AuditStore } from '../store.ts';
import { unavailable } from '../unavailable.ts';
import type { SinkMetrics, SinkRun } from './sink-run.ts';

export interface Delivery {
  readonly run: SinkRun;
  /** `required`: a call goes on only when the sink has its events; `eventual`: it waits for the local record alone. */
  readonly delivery: 'required' | 'eventual';
}

export interface ExportedStore extends AuditStore {
  metrics(): readonly SinkMetrics[];
}

/** A record that is sent to sinks as well. */
export function exportedStore(
  store: AuditStore,
  deliveries: readonly Delivery[],
  patience = 10_000,
): ExportedStore {
  // What waits for a sink is in the record already: offered again, it must not be recorded twice.
  const recorded = new WeakSet<AuditEntry>();
  const required = deliveries.filter(({ delivery }) => delivery === 'required');
  const taken = async (): Promise<void> => {
    try {
      await within(patience, Promise.all(required.map(({ run }) => run.caughtUp())));
    } catch (cause) {
      throw unavailable('a sink that every call has to wait for does not take the events', cause);
    }
  };
  return {
    async append(entries) {
      const fresh = entries.filter((entry) => !recorded.has(entry));
      if (fresh.length > 0) await store.append(fresh);
      for (const entry of fresh) recorded.add(entry);
      if (required.length > 0) await taken();
    },
    openCalls: async () => (await store.openCalls?.()) ?? [],
    metrics: () => deliveries.map(({ run }) => run.metrics()),
    async close() {
      await store.close();
      // What is not taken now is sent by the next process.
      await within(patience, Promise.all(deliveries.map(({ run }) => run.caughtUp()))).catch(() => undefined);
      await Promise.all(deliveries.map(({ run }) => run.close()));
    },
  };
}

async function within(patience: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${patience} ms.`)), patience);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
