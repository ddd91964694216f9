import type { Call } from '../../call/call.ts';
import { fromHttpRequest } from '../../call/normalise.ts';

/** A query, or a request of BigQuery's REST interface by its path below `/bigquery/v2`. */
export type RehearsedRequest =
  | {
      readonly sql: string;
      readonly dataset?: string | undefined;
      /** `project.dataset.table`. */
      readonly destination?: string | undefined;
    }
  | { readonly method: string; readonly path: string; readonly body?: unknown };

type RehearsedQuery = Extract<RehearsedRequest, { readonly sql: string }>;

export function rehearsedCall(request: RehearsedRequest, projectId: string): Call {
  if ('sql' in request) return queryCall(request, projectId);
  const { method, path, body } = request;
  const url = `/bigquery/v2${path.startsWith('/') ? '' : '/'}${path}`;
  return fromHttpRequest({ method, url, projectId, ...(body !== undefined && { body }) });
}

function queryCall({ sql, dataset, destination }: RehearsedQuery, project: string): Call {
  const url = `/bigquery/v2/projects/${encodeURIComponent(project)}`;
  const query = {
    query: sql,
    useLegacySql: false,
    ...(dataset !== undefined && { defaultDataset: referenceOf(dataset, project) }),
  };
  if (destination === undefined)
    return fromHttpRequest({ method: 'POST', url: `${url}/queries`, body: query });
  // Only jobs have a destination.
  const destinationTable = tableOf(destination, project);
  const body = { configuration: { query: { ...query, destinationTable } } };
  return fromHttpRequest({ method: 'POST', url: `${url}/jobs`, body });
}

function tableOf(written: string, project: string): Record<'projectId' | 'datasetId' | 'tableId', string> {
  const at = written.lastIndexOf('.');
  return { ...referenceOf(written.slice(0, at), project), tableId: written.slice(at + 1) };
}

/** `dataset`, or `project.dataset`. */
function referenceOf(written: string, project: string): { projectId: string; datasetId: string } {
  const at = written.lastIndexOf('.');
  return at < 0
    ? { projectId: project, datasetId: written }
    : { projectId: written.slice(0, at), datasetId: written.slice(at + 1) };
}
