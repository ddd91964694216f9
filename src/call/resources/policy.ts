import { list, one, shape } from '../fields.ts';
import { expr } from './reference.ts';
import type { Shape } from '../fields.ts';

const auditLogConfig: Shape = shape('exemptedMembers[] logType');

const auditConfig: Shape = shape('service', { auditLogConfigs: list(auditLogConfig) });

const binding: Shape = shape('members[] role', { condition: one(expr) });

export const policy: Shape = shape('etag version', {
  auditConfigs: list(auditConfig),
  bindings: list(binding),
});

const getPolicyOptions: Shape = shape('requestedPolicyVersion');

export const getIamPolicyRequest: Shape = shape('', { options: one(getPolicyOptions) });

export const setIamPolicyRequest: Shape = shape('updateMask', { policy: one(policy) });

export const testIamPermissionsRequest: Shape = shape('permissions[]');

export const testIamPermissionsResponse: Shape = shape('permissions[]');
