// What the examples of approval share: a guarded call that waits for Ana, and Ana, who signs what she decides
// and sends it to wherever the handler is mounted.

import { compose } from '../../src/call/compose.ts';
import { createContext } from '../../src/call/context.ts';
import { fromHttpRequest } from '../../src/call/normalise.ts';
import type { Result } from '../../src/call/result.ts';
import { everyWriteNeedsAna } from './every-write-needs-ana.ts';
import {
  approval,
  generateApproverKeys,
  signDecision,
  type ApprovalChannel,
  type ApprovalMiddleware,
  type ApprovalNotice,
  type ApprovalOptions,
} from '../../src/middleware/approval/index.ts';

// Ana keeps the private key; the guard knows only the public one, so it cannot forge her decision.
const ana = generateApproverKeys();
const asked = Promise.withResolvers<ApprovalNotice>();

/** How Ana is told, in place of a webhook or a chat. */
const desk: ApprovalChannel = {
  name: 'desk',
  async notify(notice) {
    asked.resolve(notice);
  },
};

export function gateWith(options: Partial<ApprovalOptions> = {}): ApprovalMiddleware {
  return approval({
    channels: [desk],
    people: [{ id: 'ana@acme.io', keys: [ana.publicKey] }],
    waitFor: 10_000,
    ...options,
  });
}

export const gate: ApprovalMiddleware = gateWith();

/** Sends one call that needs Ana, lets her approve it at `callbackUrl`, and says what came of it. */
export async function askAna(
  send: (decision: Request) => Promise<Response>,
  callbackUrl: string,
  asking: ApprovalMiddleware = gate,
): Promise<void> {
  const query = "UPDATE shop.orders SET status = 'paid' WHERE id = 6";
  const running = compose([everyWriteNeedsAna, asking], bigquery)(
    fromHttpRequest({ method: 'POST', url: '/projects/acme/queries', body: { query } }),
    createContext({
      principal: { id: 'agent-a', groups: ['agents'], delegation: [], verified: false },
      signal: AbortSignal.timeout(20_000),
      now: () => new Date(),
      upstream: () => Promise.reject(new Error('This example asks nothing of its own.')),
    }),
  );
  const { id, requestHash, statement } = await asked.promise;
  console.log(`Ana reads: ${statement?.sql}`);
  const decision = signDecision({ privateKey: ana.privateKey, id, requestHash, verdict: 'approve' });
  const forged = { ...decision, body: decision.body.replace('approve', 'reject') };
  for (const each of [forged, decision]) {
    const response = await send(new Request(callbackUrl, each));
    console.log(`callback: ${response.status} ${await response.text()}`);
  }
  console.log(`BigQuery answered ${(await running).status}`);
  await asking.close();
}

/** Stands for BigQuery. */
async function bigquery(): Promise<Result> {
  return { status: 200, body: { kind: 'bigquery#queryResponse' }, headers: {} };
}
