import { operation } from '../operation.ts';
import {
  batchDeleteRowAccessPoliciesRequest,
  listRowAccessPoliciesResponse,
  rowAccessPolicy,
} from '../resources/row-access-policy.ts';
import { iamOperations } from './iam.ts';
import type { Operation } from '../operation.ts';

const list = '/projects/{projectId}/datasets/{datasetId}/tables/{tableId}/rowAccessPolicies';
const one = `${list}/{policyId}` as const;

/** They say who may see which rows, and their predicates may hold values: all of it is administration. */
export const rowAccessPolicies: readonly Operation[] = [
  operation('rowAccessPolicies.list', `GET ${list}`, 'admin', {
    query: 'pageSize pageToken',
    response: listRowAccessPoliciesResponse,
  }),
  operation('rowAccessPolicies.get', `GET ${one}`, 'admin', { response: rowAccessPolicy }),
  operation('rowAccessPolicies.insert', `POST ${list}`, 'admin', {
    request: rowAccessPolicy,
    response: rowAccessPolicy,
    reference: 'rowAccessPolicyReference',
    creates: 'policyId',
  }),
  operation('rowAccessPolicies.update', `PUT ${one}`, 'admin', {
    request: rowAccessPolicy,
    response: rowAccessPolicy,
    reference: 'rowAccessPolicyReference',
  }),
  operation('rowAccessPolicies.delete', `DELETE ${one}`, 'admin', { query: 'force' }),
  operation('rowAccessPolicies.batchDelete', `POST ${list}:batchDelete`, 'admin', {
    request: batchDeleteRowAccessPoliciesRequest,
  }),
  ...iamOperations('rowAccessPolicies', one.slice(1)),
];
