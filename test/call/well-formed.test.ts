import { expect, it } from 'vitest';
import { compose } from '../../src/call/compose.ts';
import { wellFormed } from '../../src/call/well-formed.ts';
import { layer, ok, someCall, someContext, transport } from './harness.ts';

it.each([
  [
    'an unknown method',
    { operation: 'unknown', path: '/x' },
    'POST "/x" is not a method of the BigQuery v2 interface.',
  ],
  ['a flaw', { flaw: 'A request target has no fragment.' }, 'A request target has no fragment.'],
])('a call with %s is refused before the layers inside see it', async (_, changes, flaw) => {
  const seen: string[] = [];
  const inner = layer('inner', (call, _context, next) => {
    seen.push(call.id);
    return next(call);
  });
  const { send, sent } = transport();
  const run = compose([wellFormed(), inner], send)(someCall(changes), someContext());
  await expect(run).rejects.toMatchObject({
    code: 'ERR_POLICY_DENIED',
    message: `${flaw} The call was refused and nothing was sent.`,
  });
  expect([seen, sent]).toEqual([[], []]);
});

it('a call without a flaw passes', async () => {
  expect(await compose([wellFormed()], transport().send)(someCall(), someContext())).toEqual(ok);
});
