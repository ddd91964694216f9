import type { JsonObject } from '../../call/json.ts';
import type { DatasetPatch, DatasetRecord, DatasetReference } from '../stand-in/engine/engine.ts';
import type { Extras } from './extras.ts';
import { flagAt, objectAt, requiredText, scalarAt, textAt } from './fields.ts';
import { refuseUnsupported } from './jobs/refuse-unsupported.ts';
import { patchLabels, readLabels } from './labels.ts';
import { pageOf } from './page.ts';
import { answerResource, checkIfMatch } from './precondition.ts';
import { invalid } from './rest-error.ts';
import { noContent, ok } from './rest-request.ts';
import type { Handler, Ids } from './routes.ts';
import type { Service } from './service.ts';

/** Kept, without effect on any answer of a server that knows a single caller. */
export const datasetExtras: readonly string[] = [
  'access',
  'defaultEncryptionConfiguration',
  'defaultPartitionExpirationMs',
  'maxTimeTravelHours',
  'resourceTags',
  'storageBillingModel',
];

const outputOnly = ['kind', 'etag', 'id', 'selfLink', 'type', 'creationTime', 'lastModifiedTime'];
const settings = ['description', 'friendlyName', 'labels', 'defaultTableExpirationMs', 'location'];
const known = new Set(['datasetReference', ...settings, ...outputOnly, ...datasetExtras]);

export const insertDataset =
  (service: Service): Handler =>
  async ({ body = {} }, { projectId = '' }) => {
    refuseUnsupported(body, known, 'a dataset');
    const id = { projectId, datasetId: requiredText(objectAt(body, 'datasetReference'), 'datasetId') };
    checkName(id.datasetId);
    const location = textAt(body, 'location') ?? service.location;
    const labels = readLabels(body);
    const record = await service.engine.createDataset({ ...id, ...readTexts(body), location, labels });
    service.datasetExtras.patch(nameOf(record), record.creationTime, body);
    return ok(datasetResource(record, service.datasetExtras));
  };

export const getDataset =
  (service: Service): Handler =>
  async (request, ids) => {
    const record = await service.engine.getDataset(idOf(ids));
    return answerResource(request, datasetResource(record, service.datasetExtras), record.etag);
  };

/** Hidden datasets, whose names begin with an underscore, are listed with `all=true` only. */
export const listDatasets =
  (service: Service): Handler =>
  async ({ query }, { projectId = '' }) => {
    const all = flagAt(query, 'all') === true;
    const records = await service.engine.listDatasets(projectId);
    const shown = records.filter(({ datasetId }) => all || !datasetId.startsWith('_'));
    const filtered = shown.filter(labelFilter(textAt(query, 'filter')));
    const page = pageOf(filtered, query, `datasets of ${projectId}`);
    return ok({
      kind: 'bigquery#datasetList',
      ...(page.items.length === 0 ? {} : { datasets: page.items.map(listItem) }),
      ...(page.nextPageToken === undefined ? {} : { nextPageToken: page.nextPageToken }),
    });
  };

/** `datasets.patch` keeps what the body does not name, `datasets.update` clears it. */
export const changeDataset =
  (service: Service, keep: boolean): Handler =>
  async (request, ids) => {
    const { body = {} } = request;
    refuseUnsupported(body, known, 'a dataset');
    const before = await service.engine.getDataset(idOf(ids));
    checkIfMatch(request, before.etag);
    const cleared: DatasetPatch = keep ? {} : { description: '', friendlyName: '' };
    const labels = patchLabels(keep ? before.labels : {}, body);
    const record = await service.engine.patchDataset(idOf(ids), { ...cleared, ...readTexts(body), labels });
    service.datasetExtras.patch(nameOf(record), record.creationTime, body);
    return ok(datasetResource(record, service.datasetExtras));
  };

export const deleteDataset =
  (service: Service): Handler =>
  async ({ query }, ids) => {
    const deleteContents = flagAt(query, 'deleteContents') === true;
    await service.engine.deleteDataset(idOf(ids), { deleteContents });
    return noContent;
  };

export function idOf({ projectId = '', datasetId = '' }: Ids): DatasetReference {
  return { projectId, datasetId };
}

function checkName(datasetId: string): void {
  if (/^\w{1,1024}$/.test(datasetId)) return;
  throw invalid(
    `Invalid dataset ID "${datasetId}". Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.`,
  );
}

function readTexts(body: JsonObject): DatasetPatch {
  const description = patchedText(body, 'description');
  const friendlyName = patchedText(body, 'friendlyName');
  const defaultTableExpirationMs = patchedText(body, 'defaultTableExpirationMs');
  return {
    ...(description === undefined ? {} : { description }),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    ...(defaultTableExpirationMs === undefined ? {} : { defaultTableExpirationMs }),
  };
}

/** `null` clears a text. */
export function patchedText(body: JsonObject, name: string): string | undefined {
  return body[name] === null ? '' : scalarAt(body, name);
}

function nameOf({ projectId, datasetId }: DatasetReference): string {
  return `${projectId}:${datasetId}`;
}

function datasetResource(record: DatasetRecord, extras: Extras): object {
  const { defaultTableExpirationMs } = record;
  return {
    ...listItem(record),
    etag: record.etag,
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${record.projectId}/datasets/${record.datasetId}`,
    ...(record.description ? { description: record.description } : {}),
    ...(defaultTableExpirationMs ? { defaultTableExpirationMs } : {}),
    creationTime: String(record.creationTime),
    lastModifiedTime: String(record.lastModifiedTime),
    type: 'DEFAULT',
    ...extras.of(nameOf(record), record.creationTime),
  };
}

function listItem(record: DatasetRecord): object {
  const { projectId, datasetId, labels, friendlyName, location } = record;
  return {
    kind: 'bigquery#dataset',
    id: nameOf(record),
    datasetReference: { projectId, datasetId },
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(friendlyName ? { friendlyName } : {}),
    location,
  };
}

/** `labels.name` or `labels.name:value`, several with spaces between. */
function labelFilter(filter = ''): (record: DatasetRecord) => boolean {
  const terms = filter.split(/\s+/).filter((term) => term !== '' && term !== 'AND');
  const pairs = terms.map((term) => /^labels\.([^:]+)(?::(.*))?$/.exec(term));
  if (pairs.includes(null)) throw invalid('Invalid value for filter');
  return ({ labels }) =>
    pairs.every((pair) => {
      const [, name = '', value] = pair ?? [];
      return name in labels && (value === undefined || labels[name] === value);
    });
}
