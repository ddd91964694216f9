import { list, one, shape } from '../fields.ts';
import { rowAccessPolicyReference } from './reference.ts';
import type { Shape } from '../fields.ts';

export const rowAccessPolicy: Shape = shape('creationTime etag filterPredicate grantees[] lastModifiedTime', {
  rowAccessPolicyReference: one(rowAccessPolicyReference),
});

export const listRowAccessPoliciesResponse: Shape = shape('nextPageToken', {
  rowAccessPolicies: list(rowAccessPolicy),
});

export const batchDeleteRowAccessPoliciesRequest: Shape = shape('force policyIds[]');
