import type { JsonObject } from '../../../call/json.ts';
import type { TableId } from '../../stand-in/engine/engine.ts';
import { readDispositions, type Dispositions } from '../dispositions.ts';
import { objectAt, objectsAt, textAt } from '../fields.ts';
import { readTable, tableAt } from '../references.ts';
import { invalid, notImplemented } from '../rest-error.ts';
import type { Service } from '../service.ts';
import type { CopyOutcome } from './job.ts';
import type { Plan } from './jobs-insert.ts';
import { placeOf } from './location.ts';

/** A copy job: one table, or several one after the other, into one. */
export async function startCopy(
  service: Service,
  project: string,
  configuration: JsonObject,
  asked: string | undefined,
): Promise<Plan> {
  const copy = objectAt(configuration, 'copy') ?? {};
  refuseOtherOperations(textAt(copy, 'operationType'));
  const destination = tableAt(copy, 'destinationTable', project);
  const sources = sourcesOf(copy, project);
  if (destination === undefined || sources.length === 0) {
    throw invalid('A copy job needs sourceTable or sourceTables, and destinationTable.');
  }
  const dispositions = readDispositions(copy, 'WRITE_EMPTY');
  const location = await placeOf(service, destination, asked);
  return { location, run: () => copyTables(service, sources, destination, dispositions) };
}

function sourcesOf(copy: JsonObject, project: string): readonly TableId[] {
  const single = tableAt(copy, 'sourceTable', project);
  const several = objectsAt(copy, 'sourceTables').map((source) => readTable(source, project));
  return single === undefined ? several : [single, ...several];
}

function refuseOtherOperations(operation: string | undefined): void {
  if (operation === undefined || operation === 'COPY' || operation.endsWith('_UNSPECIFIED')) return;
  throw notImplemented(`copy jobs of operation type ${operation}`);
}

async function copyTables(
  service: Service,
  sources: readonly TableId[],
  destination: TableId,
  dispositions: Dispositions,
): Promise<CopyOutcome> {
  let copiedRows = 0;
  let copiedBytes = 0;
  for (const [index, source] of sources.entries()) {
    const { numRows, numBytes } = await service.engine.getTable(source);
    const again = { ...dispositions, writeDisposition: 'WRITE_APPEND' } as const;
    await service.engine.copyTable(source, destination, index === 0 ? dispositions : again);
    copiedRows += numRows;
    copiedBytes += numBytes;
  }
  return { kind: 'copy', copiedRows, copiedBytes };
}
