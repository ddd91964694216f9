import { pageOf } from './page.ts';
import { notFound } from './rest-error.ts';
import { ok } from './rest-request.ts';
import type { Handler } from './routes.ts';
import type { Service } from './service.ts';
import { idOf as datasetOf } from './datasets.ts';
import { idOf as tableOf } from './tables/tables.ts';

export const listProjects =
  (service: Service): Handler =>
  ({ query }) => {
    const { items } = pageOf([service.project], query, 'projects');
    const projects = items.map((projectId) => ({
      kind: 'bigquery#project',
      id: projectId,
      numericId: '1',
      friendlyName: projectId,
      projectReference: { projectId },
    }));
    return ok({ kind: 'bigquery#projectList', totalItems: 1, projects });
  };

export const getServiceAccount =
  (): Handler =>
  (_request, { projectId = '' }) =>
    ok({
      kind: 'bigquery#getServiceAccountResponse',
      email: `bq-stand-in@${projectId}.iam.gserviceaccount.com`,
    });

/** There is no `CREATE MODEL`, so no dataset has a model. */
export const listModels =
  (service: Service): Handler =>
  async (_request, ids) => {
    await service.engine.getDataset(datasetOf(ids));
    return ok({});
  };

export const getModel =
  (service: Service): Handler =>
  async (_request, ids) => {
    const { projectId, datasetId } = await service.engine.getDataset(datasetOf(ids));
    throw notFound(`Model ${projectId}:${datasetId}.${ids['modelId'] ?? ''}`);
  };

/** There is no `CREATE ROW ACCESS POLICY`, so no table has one. */
export const listRowAccessPolicies =
  (service: Service): Handler =>
  async (_request, ids) => {
    await service.engine.getTable(tableOf(ids));
    return ok({});
  };
