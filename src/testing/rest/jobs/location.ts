import type { DatasetReference, QueryRequest } from '../../stand-in/engine/engine.ts';
import { notFound } from '../rest-error.ts';
import type { Service } from '../service.ts';

/**
 * Where a query runs: where its datasets are. A request that names another place gets BigQuery's 404. The
 * tables are only looked up for a request that names a place.
 */
export async function locationOf(
  service: Service,
  request: Omit<QueryRequest, 'dryRun'>,
  asked: string | undefined,
): Promise<string> {
  const named = [request.defaultDataset, request.destination].filter((reference) => reference !== undefined);
  const [first = service.location] = await locations(service, named);
  if (!asked || same(asked, first)) return first;
  const { referencedTables } = await service.engine.query({ ...request, dryRun: true });
  for (const reference of [...named, ...referencedTables]) await checkPlace(service, reference, asked);
  return asked.toUpperCase() === asked ? asked : asked.toLowerCase();
}

async function locations(
  service: Service,
  references: readonly DatasetReference[],
): Promise<readonly string[]> {
  const found = references.map(({ projectId, datasetId }) =>
    service.engine.getDataset({ projectId, datasetId }).then(
      (dataset) => dataset.location,
      () => undefined,
    ),
  );
  return (await Promise.all(found)).filter((location) => location !== undefined);
}

async function checkPlace(service: Service, reference: DatasetReference, asked: string): Promise<void> {
  const { projectId, datasetId } = reference;
  const [location = asked] = await locations(service, [reference]);
  if (!same(location, asked)) {
    throw notFound(`Dataset ${projectId}:${datasetId} was not found in location ${asked}`);
  }
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Where a load or copy runs: where the destination is. */
export async function placeOf(
  service: Service,
  destination: DatasetReference,
  asked: string | undefined,
): Promise<string> {
  if (asked) await checkPlace(service, destination, asked);
  const [location = asked || service.location] = await locations(service, [destination]);
  return location;
}
