import type { JsonObject } from '../../call/json.ts';
import type { DatasetReference, RoutineRecord } from '../stand-in/engine/engine.ts';
import { idOf } from './datasets.ts';
import { objectAt, requiredText } from './fields.ts';
import { pageOf } from './page.ts';
import { checkIfMatch, answerResource } from './precondition.ts';
import { alreadyExists, notFound, notImplemented } from './rest-error.ts';
import { noContent, ok, type RestAnswer } from './rest-request.ts';
import { createFunctionSql } from './routine-sql.ts';
import type { Handler, Ids } from './routes.ts';
import type { Service } from './service.ts';

export const listRoutines =
  (service: Service): Handler =>
  async ({ query }, ids) => {
    const routines = await routinesOf(service, idOf(ids));
    const page = pageOf(routines, query, `routines of ${ids['datasetId'] ?? ''}`);
    return ok({
      ...(page.items.length === 0 ? {} : { routines: page.items.map(routineResource) }),
      ...(page.nextPageToken === undefined ? {} : { nextPageToken: page.nextPageToken }),
    });
  };

export const getRoutine =
  (service: Service): Handler =>
  async (request, ids) => {
    const routine = await routineOf(service, ids);
    return answerResource(request, routineResource(routine), routine.etag);
  };

export const insertRoutine =
  (service: Service): Handler =>
  async ({ body = {} }, ids) => {
    const routineId = requiredText(objectAt(body, 'routineReference'), 'routineId');
    const known = await routinesOf(service, idOf(ids));
    if (known.some((routine) => routine.routineId === routineId)) {
      throw alreadyExists(`Routine ${nameOf({ ...ids, routineId })}`);
    }
    return await create(service, { ...ids, routineId }, body, 'CREATE FUNCTION');
  };

export const updateRoutine =
  (service: Service): Handler =>
  async (request, ids) => {
    checkIfMatch(request, (await routineOf(service, ids)).etag);
    return await create(service, ids, request.body ?? {}, 'CREATE OR REPLACE FUNCTION');
  };

export const deleteRoutine =
  (service: Service): Handler =>
  async (_request, ids) => {
    const { routineType } = await routineOf(service, ids);
    const kind = routineType === 'TABLE_VALUED_FUNCTION' ? 'TABLE FUNCTION' : 'FUNCTION';
    await run(service, ids, `DROP ${kind} \`${nameOf(ids).replace(':', '.')}\``);
    return noContent;
  };

async function create(service: Service, ids: Ids, body: JsonObject, verb: string): Promise<RestAnswer> {
  await run(service, ids, createFunctionSql(verb, `\`${nameOf(ids).replace(':', '.')}\``, body));
  return ok(routineResource(await routineOf(service, ids)));
}

async function run(service: Service, { projectId = '' }: Ids, sql: string): Promise<void> {
  await service.engine.query({ sql, project: projectId, parameters: [] });
}

async function routinesOf(service: Service, id: DatasetReference): Promise<readonly RoutineRecord[]> {
  if (service.engine.listRoutines === undefined) throw notImplemented('routines over REST');
  return await service.engine.listRoutines(id);
}

async function routineOf(service: Service, ids: Ids): Promise<RoutineRecord> {
  const routines = await routinesOf(service, idOf(ids));
  const found = routines.find(({ routineId }) => routineId === ids['routineId']);
  if (found === undefined) throw notFound(`Routine ${nameOf(ids)}`);
  return found;
}

function nameOf({ projectId = '', datasetId = '', routineId = '' }: Ids): string {
  return `${projectId}:${datasetId}.${routineId}`;
}

function routineResource(routine: RoutineRecord): object {
  const { projectId, datasetId, routineId, returnType } = routine;
  return {
    etag: routine.etag,
    routineReference: { projectId, datasetId, routineId },
    routineType: routine.routineType,
    creationTime: String(routine.creationTime),
    lastModifiedTime: String(routine.lastModifiedTime),
    language: 'SQL',
    ...(routine.arguments.length === 0 ? {} : { arguments: routine.arguments }),
    ...(returnType === undefined ? {} : { returnType }),
    definitionBody: routine.definitionBody,
  };
}
