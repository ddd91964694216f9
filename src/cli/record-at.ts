import { stat } from 'node:fs/promises';
import { GuardError } from '../errors.ts';
import { readEvents, type AuditEvent } from '../middleware/audit/index.ts';

/**
 * The events of a record.
 * @throws {GuardError} ERR_CONFIG when there is none.
 */
export async function* recordAt(path: string): AsyncGenerator<AuditEvent> {
  const found = await stat(path).then(
    () => true,
    () => false,
  );
  let events = 0;
  if (found) {
    for await (const event of readEvents(path)) {
      events += 1;
      yield event;
    }
  }
  if (events === 0) throw new GuardError('ERR_CONFIG', `There is no record at ${path}.`);
}
