import { operation } from '../operation.ts';
import {
  getIamPolicyRequest,
  policy,
  setIamPolicyRequest,
  testIamPermissionsRequest,
  testIamPermissionsResponse,
} from '../resources/policy.ts';
import type { Operation } from '../operation.ts';

/** The three IAM methods, the same for every resource that has them. */
export function iamOperations(resource: string, path: string): readonly Operation[] {
  return [
    operation(`${resource}.getIamPolicy`, `POST /${path}:getIamPolicy`, 'admin', {
      request: getIamPolicyRequest,
      response: policy,
    }),
    operation(`${resource}.setIamPolicy`, `POST /${path}:setIamPolicy`, 'admin', {
      request: setIamPolicyRequest,
      response: policy,
    }),
    operation(`${resource}.testIamPermissions`, `POST /${path}:testIamPermissions`, 'admin', {
      request: testIamPermissionsRequest,
      response: testIamPermissionsResponse,
    }),
  ];
}
