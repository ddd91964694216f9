import { join } from 'node:path';
import { fileAudit, type AuditStore } from '../middleware/audit/index.ts';
import { withSinks } from '../middleware/audit/sinks/index.ts';
import { buildSink } from './build-sink.ts';
import type { AuditSettings } from './guard-file.ts';
import type { Environment } from './secret.ts';

/** The record in its folder, sent to the sinks that the policy file names. */
export async function buildRecord(
  { folder, sinks }: AuditSettings,
  environment: Environment,
): Promise<AuditStore> {
  const store = fileAudit({ folder });
  const deliveries = await Promise.all(
    Object.entries(sinks).map(async ([name, settings]) => ({
      sink: await buildSink(name, settings, environment),
      delivery: settings.delivery,
    })),
  );
  if (deliveries.length === 0) return store;
  return withSinks(store, { sinks: deliveries, folder: join(folder, 'sinks') });
}
