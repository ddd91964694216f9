import { operation } from '../operation.ts';
import { getServiceAccountResponse, projectList } from '../resources/project.ts';
import type { Operation } from '../operation.ts';

export const projects: readonly Operation[] = [
  operation('projects.list', 'GET /projects', 'metadata', {
    query: 'maxResults pageToken',
    response: projectList,
  }),
  operation('projects.getServiceAccount', 'GET /projects/{projectId}/serviceAccount', 'metadata', {
    response: getServiceAccountResponse,
  }),
];
