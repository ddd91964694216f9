import type { AuditEvent } from '../event.ts';
import type { EventType } from '../events/catalogue.ts';

export type Severity = 'info' | 'notice' | 'warning';

const warnings: ReadonlySet<EventType> = new Set([
  'call.failed',
  'policy.refused',
  'approval.refused',
  'audit.recovered',
]);

/** How much a reader of logs should mind an event. */
export function severityOf(event: AuditEvent): Severity {
  if (warnings.has(event.type)) return 'warning';
  if (event.type === 'decision.made') return event.data.effect === 'deny' ? 'warning' : 'info';
  return event.type.startsWith('approval.') || event.type === 'policy.changed' ? 'notice' : 'info';
}
