import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, readJson } from '../../call/json.ts';
import type { AuditEvent } from '../audit/index.ts';
import { tolerance } from './authenticate.ts';
import { readApproverMessage } from './decision-message.ts';
import { readVerifyingKey, type VerifyingKey } from './keys.ts';
import { knowPeople, sameName, type KnownPerson, type Person } from './people.ts';
import { isSignedBy } from './signature.ts';

export interface VerifyDecisionsOptions {
  /** Whose keys are whose. Without it the keys that the record itself names are taken, which proves less. */
  readonly people?: readonly Person[];
  /** The issuers whose tokens are taken; without it any. */
  readonly issuers?: readonly string[];
}

export interface DecisionProblem {
  readonly sequence: number;
  readonly approval: string;
  readonly person: string;
  /**
   * `unknown_key`: not by a key of this person. `unsigned`: the signature does not fit. `other_content`: what was
   * signed is another decision than what is recorded. `late`: signed long before or after it was recorded.
   */
  readonly kind: 'unknown_key' | 'unsigned' | 'other_content' | 'late';
}

export interface DecisionsReport {
  readonly ok: boolean;
  readonly decisions: number;
  /** Signed by a key that the list of people gives to the person, or by an issuer that is listed. */
  readonly proved: number;
  /** Signed by the key that the record names, with no list to compare it with. */
  readonly signed: number;
  /** On the word of a channel or by a shared secret: nothing here can prove them. */
  readonly vouched: number;
  readonly problems: readonly DecisionProblem[];
}

type Finding = 'proved' | 'signed' | 'vouched' | DecisionProblem['kind'];
type Decided = Extract<AuditEvent, { readonly type: 'approval.decided' }>;
type Proof = Readonly<Record<string, string | number | undefined>>;

/** Checks the signed decisions of a record again: each by the person, of this content, for this request. */
export async function verifyDecisions(
  events: AsyncIterable<AuditEvent> | Iterable<AuditEvent>,
  options: VerifyDecisionsOptions = {},
): Promise<DecisionsReport> {
  const people = options.people === undefined ? undefined : knowPeople(options.people, true);
  const counts = { decisions: 0, proved: 0, signed: 0, vouched: 0 };
  const problems: DecisionProblem[] = [];
  for await (const event of events) {
    if (event.type !== 'approval.decided') continue;
    const finding = await judge(event, people, options.issuers);
    counts.decisions += 1;
    if (finding === 'proved' || finding === 'signed' || finding === 'vouched') counts[finding] += 1;
    else {
      const { approval, person } = event.data;
      problems.push({ sequence: event.sequence, approval, person, kind: finding });
    }
  }
  return { ok: problems.length === 0, ...counts, problems };
}

async function judge(
  event: Decided,
  people: readonly KnownPerson[] | undefined,
  issuers: readonly string[] | undefined,
): Promise<Finding> {
  const { proof } = event.data;
  if (proof?.kind === 'signature') return judgeSignature(event, proof, people);
  if (proof?.kind === 'token') return judgeToken(event, proof, people, issuers);
  // A decision without any proof is not one that we write.
  return proof?.kind === 'channel' ? 'vouched' : 'unsigned';
}

function judgeSignature(event: Decided, proof: Proof, people: readonly KnownPerson[] | undefined): Finding {
  const { messageId, timestamp, signature, key: fingerprint, publicKey, body } = proof;
  if (typeof messageId !== 'string' || typeof timestamp !== 'number') return 'unsigned';
  if (typeof signature !== 'string' || typeof body !== 'string') return 'unsigned';
  const known = people?.find(({ names }) => names.has(sameName(event.data.person)));
  const key =
    people === undefined ? keyOf(publicKey) : known?.keys.find((each) => each.fingerprint === fingerprint);
  if (people === undefined && publicKey === undefined) return 'vouched';
  if (key === undefined || key.fingerprint !== fingerprint) return 'unknown_key';
  if (!isSignedBy({ id: messageId, timestamp, body: Buffer.from(body) }, signature, key)) return 'unsigned';
  if (Math.abs(Date.parse(event.time) / 1000 - timestamp) > 2 * tolerance) return 'late';
  if (!tells(event, readJson(body))) return 'other_content';
  if (key.scheme === 'v1') return 'vouched';
  return people === undefined ? 'signed' : 'proved';
}

function keyOf(text: string | number | undefined): VerifyingKey | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return readVerifyingKey(text);
  } catch {
    return undefined;
  }
}

async function judgeToken(
  event: Decided,
  { body, key, publicKey, issuer }: Proof,
  people: readonly KnownPerson[] | undefined,
  issuers: readonly string[] | undefined,
): Promise<Finding> {
  const jwk = typeof publicKey === 'string' ? readJson(publicKey) : undefined;
  if (typeof body !== 'string' || !isJsonObject(jwk)) return 'unsigned';
  const { calculateJwkThumbprint, compactVerify } = await import('jose');
  try {
    if ((await calculateJwkThumbprint({ ...jwk })) !== key) return 'unknown_key';
    await compactVerify(body, { ...jwk });
  } catch {
    return 'unsigned';
  }
  const claims = readJson(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString());
  if (!isJsonObject(claims) || claims['iss'] !== issuer) return 'other_content';
  if (issuers?.some((each) => each === issuer) === false) return 'unknown_key';
  const person = people?.find(({ names }) => names.has(sameName(event.data.person)));
  const names = person?.names ?? new Set([sameName(event.data.person)]);
  if (!Object.values(claims).some((claim) => typeof claim === 'string' && names.has(sameName(claim)))) {
    return 'unknown_key';
  }
  if (Math.abs(Date.parse(event.time) / 1000 - Number(claims['iat'])) > 2 * tolerance) return 'late';
  if (!tells(event, claims['approval'])) return 'other_content';
  return issuers === undefined ? 'signed' : 'proved';
}

/** Whether what was signed is what is recorded. */
function tells({ data }: Decided, message: Json | undefined): boolean {
  const said = readApproverMessage(message);
  if (said?.type !== 'approval.decision') return false;
  const { approval, requestHash, verdict, comment, breakGlass, editedSql, grant } = data;
  const told = { requestHash, verdict, comment, breakGlass, editedSql, grant };
  const { edit, ...rest } = said;
  const signed = {
    requestHash: rest.requestHash,
    verdict: rest.verdict,
    comment: rest.comment,
    breakGlass: rest.breakGlass,
    editedSql: edit?.sql,
    grant: rest.grant,
  };
  return said.id === approval && isDeepStrictEqual(told, signed);
}
