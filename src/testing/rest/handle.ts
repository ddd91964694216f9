import { changeDataset, deleteDataset, getDataset, insertDataset, listDatasets } from './datasets.ts';
import { cancelJob, deleteJob, getJob, listJobs } from './jobs/jobs.ts';
import { jobsInsert } from './jobs/jobs-insert.ts';
import { jobsQuery } from './jobs/jobs-query.ts';
import { getQueryResults } from './jobs/query-results.ts';
import { getModel, getServiceAccount, listModels, listProjects, listRowAccessPolicies } from './projects.ts';
import { selectFields } from './partial-response.ts';
import { errorBody, notImplemented, toRestError } from './rest-error.ts';
import type { RestAnswer, RestRequest } from './rest-request.ts';
import { deleteRoutine, getRoutine, insertRoutine, listRoutines, updateRoutine } from './routines.ts';
import { continueUpload, startUpload } from './resumable-upload.ts';
import { router, type Handler, type Route } from './routes.ts';
import type { Service } from './service.ts';
import { insertAll } from './tables/insert-all.ts';
import { listTabledata } from './tables/tabledata-list.ts';
import { changeTable, deleteTable, getTable, insertTable, listTables } from './tables/tables.ts';

const project = 'projects/{projectId}';
const dataset = `${project}/datasets/{datasetId}`;
const table = `${dataset}/tables/{tableId}`;
const job = `${project}/jobs/{jobId}`;
const routine = `${dataset}/routines/{routineId}`;
const model = `${dataset}/models/{modelId}`;

/** Methods of BigQuery v2 that the stand-in knows by name only. */
const lacking: readonly (readonly [method: string, pattern: string, name: string])[] = [
  ['POST', `${dataset}:undelete`, 'datasets.undelete'],
  ['POST', `${table}:getIamPolicy`, 'tables.getIamPolicy'],
  ['POST', `${table}:setIamPolicy`, 'tables.setIamPolicy'],
  ['POST', `${table}:testIamPermissions`, 'tables.testIamPermissions'],
  ['POST', `${routine}:getIamPolicy`, 'routines.getIamPolicy'],
  ['POST', `${routine}:setIamPolicy`, 'routines.setIamPolicy'],
  ['POST', `${routine}:testIamPermissions`, 'routines.testIamPermissions'],
  ['PATCH', model, 'models.patch'],
  ['DELETE', model, 'models.delete'],
  ['POST', `${table}/rowAccessPolicies`, 'rowAccessPolicies.insert'],
  ['POST', `${table}/rowAccessPolicies:batchDelete`, 'rowAccessPolicies.batchDelete'],
  ['GET', `${table}/rowAccessPolicies/{policyId}`, 'rowAccessPolicies.get'],
  ['PUT', `${table}/rowAccessPolicies/{policyId}`, 'rowAccessPolicies.update'],
  ['DELETE', `${table}/rowAccessPolicies/{policyId}`, 'rowAccessPolicies.delete'],
  ['POST', `${table}/rowAccessPolicies/{policyId}:getIamPolicy`, 'rowAccessPolicies.getIamPolicy'],
  [
    'POST',
    `${table}/rowAccessPolicies/{policyId}:testIamPermissions`,
    'rowAccessPolicies.testIamPermissions',
  ],
];

function routesOf(service: Service): readonly Route[] {
  return [
    route('POST', `${project}/queries`, jobsQuery(service)),
    route('GET', `${project}/queries/{jobId}`, getQueryResults(service)),
    route('POST', `${project}/jobs`, jobsInsert(service)),
    { ...route('POST', `${project}/jobs`, startUpload(service)), upload: true },
    { ...route('PUT', `${project}/jobs`, continueUpload(service)), upload: true },
    route('GET', `${project}/jobs`, listJobs(service)),
    route('GET', job, getJob(service)),
    route('POST', `${job}/cancel`, cancelJob(service)),
    route('DELETE', `${job}/delete`, deleteJob(service)),
    route('POST', `${project}/datasets`, insertDataset(service)),
    route('GET', `${project}/datasets`, listDatasets(service)),
    route('GET', dataset, getDataset(service)),
    route('PATCH', dataset, changeDataset(service, true)),
    route('PUT', dataset, changeDataset(service, false)),
    route('DELETE', dataset, deleteDataset(service)),
    route('POST', `${dataset}/tables`, insertTable(service)),
    route('GET', `${dataset}/tables`, listTables(service)),
    route('GET', table, getTable(service)),
    route('PATCH', table, changeTable(service, true)),
    route('PUT', table, changeTable(service, false)),
    route('DELETE', table, deleteTable(service)),
    route('GET', `${table}/data`, listTabledata(service)),
    route('POST', `${table}/insertAll`, insertAll(service)),
    route('GET', `${table}/rowAccessPolicies`, listRowAccessPolicies(service)),
    route('GET', `${dataset}/routines`, listRoutines(service)),
    route('POST', `${dataset}/routines`, insertRoutine(service)),
    route('GET', routine, getRoutine(service)),
    route('PUT', routine, updateRoutine(service)),
    route('DELETE', routine, deleteRoutine(service)),
    route('GET', `${dataset}/models`, listModels(service)),
    route('GET', model, getModel(service)),
    route('GET', 'projects', listProjects(service)),
    route('GET', `${project}/serviceAccount`, getServiceAccount()),
    ...lacking.map(([method, pattern, name]) => route(method, pattern, refuse(name))),
  ];
}

function route(method: string, pattern: string, handler: Handler): Route {
  return { method, pattern, handler };
}

const refuse =
  (name: string): Handler =>
  () => {
    throw notImplemented(`the method ${name}`);
  };

/** BigQuery's REST interface over an engine; every failure is an answer. */
export function restHandler(service: Service): (request: RestRequest) => Promise<RestAnswer> {
  const answer = router(routesOf(service));
  return async (request) => {
    try {
      return selectFields(await answer(request), request.query);
    } catch (error) {
      const failure = toRestError(error);
      return { status: failure.status, body: errorBody(failure) };
    }
  };
}
