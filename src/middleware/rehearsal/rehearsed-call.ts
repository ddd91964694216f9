import type { Call } from '../../call/call.ts';
import { fromHttpRequest } from '../../call/normalise.ts';

/** A query, or a request of BigQuery's REST interface by its path below `/bigquery/v2`. */
export type RehearsedRequest =
  | { readonly sql: string; readonly dataset?: string | undefined }
  | { readonly method: string; readonly path: string; readonly body?: unknown };

export function rehearsedCall(request: RehearsedRequest, projectId: string): Call {
  if ('sql' in request) return queryCall(request.sql, request.dataset, projectId);
  const { method, path, body } = request;
  const url = `/bigquery/v2${path.startsWith('/') ? '' : '/'}${path}`;
  return fromHttpRequest({ method, url, projectId, ...(body !== undefined && { body }) });
}

function queryCall(query: string, dataset: string | undefined, project: string): Call {
  return fromHttpRequest({
    method: 'POST',
    url: `/bigquery/v2/projects/${encodeURIComponent(project)}/queries`,
    body: {
      query,
      useLegacySql: false,
      ...(dataset !== undefined && { defaultDataset: referenceOf(dataset, project) }),
    },
  });
}

/** `dataset`, or `project.dataset`. */
function referenceOf(written: string, project: string): { projectId: string; datasetId: string } {
  const at = written.lastIndexOf('.');
  return at < 0
    ? { projectId: project, datasetId: written }
    : { projectId: written.slice(0, at), datasetId: written.slice(at + 1) };
}
