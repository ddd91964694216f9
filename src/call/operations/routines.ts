import { operation } from '../operation.ts';
import { listRoutinesResponse, routine } from '../resources/routine.ts';
import { echoOf } from './echo.ts';
import { iamOperations } from './iam.ts';
import type { Operation } from '../operation.ts';

const list = '/projects/{projectId}/datasets/{datasetId}/routines';
const one = `${list}/{routineId}` as const;

export const routines: readonly Operation[] = [
  operation('routines.list', `GET ${list}`, 'metadata', {
    query: 'filter maxResults pageToken readMask',
    response: listRoutinesResponse,
  }),
  operation('routines.get', `GET ${one}`, 'metadata', {
    query: `readMask ${echoOf(routine)}`,
    response: routine,
  }),
  operation('routines.insert', `POST ${list}`, 'ddl', {
    request: routine,
    response: routine,
    reference: 'routineReference',
    creates: 'routineId',
  }),
  operation('routines.update', `PUT ${one}`, 'ddl', {
    request: routine,
    response: routine,
    reference: 'routineReference',
  }),
  operation('routines.delete', `DELETE ${one}`, 'ddl'),
  ...iamOperations('routines', one.slice(1)),
];
