import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import { GuardError } from '../../errors.ts';
import {
  generateApproverKeys,
  signDecision,
  signList,
  signRead,
  signRevoke,
  type Verdict,
} from '../../middleware/approval/index.ts';
import { openDesk, type Desk, type DeskOptions, type Reply } from '../approvals/open-desk.ts';
import { describeRequest, line } from '../approvals/print-request.ts';

export interface ApprovalsOptions extends DeskOptions {
  readonly keyFromEnv: string;
  readonly json?: boolean;
  readonly comment?: string;
  readonly reason?: string;
}

/** Prints what there is to decide. */
export async function listApprovals(options: ApprovalsOptions): Promise<number> {
  return asking(options, async (desk, privateKey) => {
    const reply = await desk.send(signList({ privateKey }));
    if (reply.status !== 200) return refusedBy(reply);
    const { requests } = reply.body;
    const open = Array.isArray(requests) ? requests.filter(isJsonObject) : [];
    print(options, reply.body, open.length === 0 ? 'Nothing to decide.' : open.map(line).join('\n'));
    return 0;
  });
}

/** Prints one request in full. */
export async function showApproval(id: string, options: ApprovalsOptions): Promise<number> {
  return asking(options, async (desk, privateKey) => {
    const reply = await desk.send(signRead({ privateKey, id }));
    if (reply.status !== 200) return refusedBy(reply);
    print(options, reply.body, describeRequest(reply.body));
    return 0;
  });
}

/** Signs a decision about exactly what the request says now, and sends it. */
export async function decideApproval(
  id: string,
  verdict: Verdict,
  options: ApprovalsOptions,
): Promise<number> {
  return asking(options, async (desk, privateKey) => {
    const shown = await desk.send(signRead({ privateKey, id }));
    if (shown.status !== 200) return refusedBy(shown);
    const requestHash = textAt(shown.body['request'], 'requestHash');
    const { comment } = options;
    const decision = { privateKey, id, requestHash, verdict, ...(comment !== undefined && { comment }) };
    return report(await desk.send(signDecision(decision)), options);
  });
}

/** Takes back a request, an approval that is not spent, or the job that runs on it. */
export async function revokeApproval(id: string, options: ApprovalsOptions): Promise<number> {
  const { reason = '' } = options;
  if (reason.trim() === '') throw new GuardError('ERR_CONFIG', 'Say with --reason why it is taken back.');
  return asking(options, async (desk, privateKey) =>
    report(await desk.send(signRevoke({ privateKey, id, reason })), options),
  );
}

/** Prints a new pair of keys: the private one for the person, the public one for `people`. */
export function newApproverKey(): number {
  const { privateKey, publicKey } = generateApproverKeys();
  console.log(`private, for the person alone: ${privateKey}\npublic, for people in guard.yaml: ${publicKey}`);
  return 0;
}

async function asking(
  options: ApprovalsOptions,
  ask: (desk: Desk, privateKey: string) => Promise<number>,
): Promise<number> {
  const { keyFromEnv } = options;
  const privateKey = process.env[keyFromEnv];
  if (privateKey === undefined || privateKey === '') {
    throw new GuardError(
      'ERR_CONFIG',
      `The environment variable ${keyFromEnv} does not hold your private key, whsk_…. Make one with: bigquery-guard approvals new-key`,
    );
  }
  const desk = await openDesk(options);
  try {
    return await ask(desk, privateKey);
  } finally {
    await desk.close();
  }
}

function report(reply: Reply, options: ApprovalsOptions): number {
  if (reply.status !== 200) return refusedBy(reply);
  print(options, reply.body, `${textAt(reply.body, 'id')} is ${textAt(reply.body, 'state')}.`);
  return 0;
}

function refusedBy({ status, body }: Reply): number {
  console.error(
    `Refused with ${status}: ${textAt(body, 'error') || textAt(body, 'state') || 'no reason given'}.`,
  );
  return 1;
}

function print({ json = false }: ApprovalsOptions, body: JsonObject, text: string): void {
  console.log(json ? JSON.stringify(body, undefined, 2) : text);
}

function textAt(value: Json | undefined, name: string): string {
  const found = isJsonObject(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : '';
}
