import { list, one, shape } from '../fields.ts';
import { projectReference } from './reference.ts';
import type { Shape } from '../fields.ts';

export const projectList: Shape = shape('etag kind nextPageToken totalItems', {
  projects: list(shape('friendlyName id kind numericId', { projectReference: one(projectReference) })),
});

export const getServiceAccountResponse: Shape = shape('email kind');
