import { expect, it } from 'vitest';
import { deniedError } from '../../src/call/denied.ts';
import { GuardError } from '../../src/errors.ts';

it('a refusal has the shape of a 403 of Google, with our code and rules beside it', () => {
  const error = new GuardError('ERR_POLICY_DENIED', 'Rule no-hr denies hr.', {
    callId: 'c1',
    reasons: [{ rule: 'no-hr', message: 'HR data is closed to agents.' }],
    instead: { columns: ['shop.customers.id'], lessData: true, partitionFilter: ['shop.customers.day'] },
    cause: new Error('ana@acme.io'),
  });
  const item = { message: 'Rule no-hr denies hr.', domain: 'global', reason: 'accessDenied' };
  const reasons = [{ rule: 'no-hr', message: 'HR data is closed to agents.' }];
  expect(deniedError(error)).toEqual({
    code: 403,
    message: 'Rule no-hr denies hr.',
    errors: [item],
    guard: { code: 'ERR_POLICY_DENIED', callId: 'c1', reasons, instead: error.instead, retryable: false },
    body: {
      error: {
        code: 403,
        message: 'Rule no-hr denies hr.',
        status: 'PERMISSION_DENIED',
        errors: [item],
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'ERR_POLICY_DENIED',
            domain: 'bigquery-guard',
            metadata: { callId: 'c1', retryable: 'false' },
          },
          { '@type': 'bigquery-guard/reason', rule: 'no-hr', message: 'HR data is closed to agents.' },
          {
            '@type': 'bigquery-guard/instead',
            columns: ['shop.customers.id'],
            lessData: true,
            partitionFilter: ['shop.customers.day'],
          },
        ],
      },
    },
  });
});

it.each(['ERR_AUDIT_UNAVAILABLE', 'ERR_REMOTE_UNAVAILABLE', 'ERR_MIDDLEWARE', 'ERR_INTERNAL'] as const)(
  '%s is 403 too, so that no client tries again',
  (code) => {
    const { code: status, errors } = deniedError(new GuardError(code, 'stopped'));
    expect([status, errors[0].reason]).toEqual([403, 'accessDenied']);
  },
);

it.each([
  ['ERR_COST_UNAVAILABLE', true],
  ['ERR_STORE_UNAVAILABLE', true],
  ['ERR_APPROVAL_PENDING', true],
  ['ERR_POLICY_DENIED', false],
  ['ERR_REMOTE_UNAVAILABLE', false],
] as const)('%s may pass later: %s', (code, retryable) => {
  const { body, guard } = deniedError(new GuardError(code, 'stopped'));
  expect(guard.retryable).toBe(retryable);
  expect(JSON.stringify(body)).toContain(`"retryable":"${retryable}"`);
});
