import { memoryStore, type MemoryStore } from '../middleware/audit/memory-store.ts';

export type MemoryAudit = MemoryStore;

/**
 * A record that is gone with the process, chained like any other. `events()` shows what was recorded.
 *
 * ```ts
 * const record = memoryAudit();
 * const guard = createGuard({ middleware: [audit({ store: record }), …] });
 * expect(record.events().map((event) => event.type)).toContain('decision.made');
 * ```
 */
export function memoryAudit(): MemoryAudit {
  return memoryStore();
}
