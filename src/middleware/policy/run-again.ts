import type { Call } from '../../call/call.ts';
import { newId } from '../../call/new-id.ts';
import type { Judgement } from './judge.ts';

/** What only reads may run a second time, when a table has changed since it was analysed. People are asked once. */
export function mayRunAgain({ operation }: Call, { decision, request }: Judgement): boolean {
  return (
    operation === 'jobs.query' &&
    decision.effect === 'allow' &&
    request.pairs.every((pair) => pair.operation === 'read' || pair.operation === 'metadata')
  );
}

/** BigQuery answers a request of the same id with what it has answered already. */
export function asAnother(call: Call): Call {
  const { body } = call;
  return body?.['requestId'] === undefined ? call : { ...call, body: { ...body, requestId: newId() } };
}
