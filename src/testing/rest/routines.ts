import { idOf } from './datasets.ts';
import { notFound } from './rest-error.ts';
import { ok } from './rest-request.ts';
import type { Handler } from './routes.ts';
import type { Service } from './service.ts';

/** The engine has no persistent routines yet, so no dataset has one. */
export const listRoutines =
  (service: Service): Handler =>
  async (_request, ids) => {
    await service.engine.getDataset(idOf(ids));
    return ok({});
  };

export const getRoutine =
  (service: Service): Handler =>
  async (_request, ids) => {
    const { projectId, datasetId } = await service.engine.getDataset(idOf(ids));
    throw notFound(`Routine ${projectId}:${datasetId}.${ids['routineId'] ?? ''}`);
  };
