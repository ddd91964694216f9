import type { CallbackRefusal } from './approval-event.ts';
import { type Json, readJson } from '../../call/json.ts';
import type { SignatureProof, TokenProof } from './approval-record.ts';
import type { VerifyingKey } from './keys.ts';
import type { KnownPerson } from './people.ts';
import { isSignedBy, maximumSignatures, type SignedMessage } from './signature.ts';

export type Authenticated =
  | {
      readonly kind: 'person';
      readonly person: KnownPerson;
      readonly proof: SignatureProof | TokenProof;
      /** What the person says, not yet looked at. */
      readonly message: Json | undefined;
    }
  | { readonly kind: 'refused'; readonly reason: CallbackRefusal };

/** Seconds that the clock of an approver may be off, and that a message stays valid. */
export const tolerance = 300;

/** Finds whose key signed exactly these bytes, just now. Names in the body count for nothing. */
export function authenticate(
  headers: Headers,
  body: Buffer,
  people: readonly KnownPerson[],
  now: Date,
): Authenticated {
  const header = readHeaders(headers);
  if (header === undefined) return { kind: 'refused', reason: 'unsigned' };
  const { id, timestamp, signature } = header;
  if (Math.abs(now.getTime() / 1000 - timestamp) > tolerance) return { kind: 'refused', reason: 'late' };
  const signers = findSigners(people, { id, timestamp, body }, signature);
  const [signer] = signers;
  // Signed by two people, it would be a matter of order whose vote it is.
  if (signer === undefined || signers.some(({ person }) => person !== signer.person)) {
    return { kind: 'refused', reason: 'unknown_key' };
  }
  const { person, key } = signer;
  const proof = {
    kind: 'signature',
    messageId: id,
    timestamp,
    signature,
    key: key.fingerprint,
    ...(key.scheme === 'v1a' && { publicKey: key.text }),
    body: body.toString(),
  } as const;
  return { kind: 'person', person, proof, message: readJson(proof.body) };
}

interface Header {
  readonly id: string;
  readonly timestamp: number;
  readonly signature: string;
}

/** A header that came twice is joined by a comma, which none of these forms allows. */
function readHeaders(headers: Headers): Header | undefined {
  const id = headers.get('webhook-id') ?? '';
  const timestamp = headers.get('webhook-timestamp') ?? '';
  const signature = headers.get('webhook-signature') ?? '';
  if (!/^[\w-]{1,128}$/.test(id) || !/^\d{1,12}$/.test(timestamp)) return undefined;
  if (!/^v1a?,[\w+/=]+(?: v1a?,[\w+/=]+)*$/.test(signature)) return undefined;
  if (signature.length > 1024 || signature.split(' ').length > maximumSignatures) return undefined;
  return { id, timestamp: Number(timestamp), signature };
}

function findSigners(
  people: readonly KnownPerson[],
  message: SignedMessage,
  signature: string,
): readonly { readonly person: KnownPerson; readonly key: VerifyingKey }[] {
  return people.flatMap((person) =>
    person.keys.filter((key) => isSignedBy(message, signature, key)).map((key) => ({ person, key })),
  );
}
