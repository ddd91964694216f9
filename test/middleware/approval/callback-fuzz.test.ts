import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signDecision, type ApprovalNotice } from '../../../src/middleware/approval/index.ts';
import { ben, failure, openGate, secret, someCall, someContext, type Gate } from './harness.ts';

/** Ana's shared secret, so that the `standardwebhooks` package, which knows `v1` only, can judge the same bytes. */
const people = [
  { id: 'ana@acme.io', keys: [secret] },
  { id: 'ben@acme.io', keys: [ben.publicKey] },
];
const oracle = new Webhook(secret);

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The package takes the body as text, so bytes that are no UTF-8 are nothing it could accept. */
function acceptedByOracle({ headers, body }: Message): boolean {
  try {
    oracle.verify(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body), { ...headers });
    return true;
  } catch {
    return false;
  }
}

async function acceptedByUs(gate: Gate, { headers, body }: Message): Promise<boolean> {
  const all = { 'content-type': 'application/json', ...headers };
  const request = new Request('http://guard.test/', { method: 'POST', headers: all, body });
  const { status } = await gate.gate.handler(request);
  return status !== 401 && status !== 413;
}

async function pending(): Promise<Gate & { readonly notice: ApprovalNotice }> {
  const gate = openGate({ people, callback: 'symmetric', onPending: 'throw' });
  const told = gate.box.next();
  await failure(gate.run(someCall(), someContext()));
  return { ...gate, notice: await told };
}

type Change = (message: Message) => Message;

const header =
  (name: string, change: (value: string) => string): Change =>
  ({ headers, body }) => ({
    headers: { ...headers, [name]: change(headers[name] ?? '') },
    body,
  });

const bytes =
  (change: (body: Uint8Array) => Uint8Array): Change =>
  ({ headers, body }) => ({
    headers,
    body: Uint8Array.from(change(body)),
  });

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const names = fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature');
const printable = fc.stringMatching(/^[!-~]{1,6}$/);
const at = (text: { readonly length: number }, where: number): number => Math.floor(where * text.length);

/** What may go wrong, or be made to go wrong, on the way. */
const changes: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Change>((message) => message) },
  fc
    .tuple(names, place, printable)
    .map(([name, where, text]) =>
      header(name, (value) => value.slice(0, at(value, where)) + text + value.slice(at(value, where))),
    ),
  fc
    .tuple(names, place)
    .map(([name, where]) =>
      header(name, (value) => value.slice(0, at(value, where)) + value.slice(at(value, where) + 1)),
    ),
  fc.tuple(names, printable).map(([name, text]) => header(name, () => text)),
  names.map((name) => header(name, (value) => `${value}, ${value}`)),
  fc
    .constantFrom('v1,AAAA ', 'v1a,AAAA ', 'v2,x ', 'v1, ')
    .map((more) => header('webhook-signature', (value) => more + value)),
  fc
    .integer({ min: -700, max: 700 })
    .map((seconds) => header('webhook-timestamp', (value) => String(Number(value) + seconds))),
  fc
    .tuple(place, fc.integer({ min: 1, max: 255 }))
    .map(([where, bit]) =>
      bytes((body) => body.map((byte, index) => (index === at(body, where) ? byte ^ bit : byte))),
    ),
  fc
    .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 3 }))
    .map(([where, more]) =>
      bytes((body) =>
        Uint8Array.from([...body.slice(0, at(body, where)), ...more, ...body.slice(at(body, where))]),
      ),
    ),
  // What a careless comparison would not see.
  fc
    .tuple(fc.constantFrom(' ', '\n', '\r\n', '\t', '\uFEFF', '\u00A0', '\0'), fc.boolean())
    .map(([blank, before]) =>
      bytes((body) => Buffer.concat(before ? [Buffer.from(blank), body] : [body, Buffer.from(blank)])),
    ),
  place.map((where) => bytes((body) => body.slice(0, at(body, where)))),
);

describe('the callback', () => {
  it('accepts of altered messages only those that the standardwebhooks package accepts, and all that are intact', async () => {
    const gate = await pending();
    const { id, requestHash } = gate.notice;
    const tally = { accepted: 0, refused: 0, ours: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(changes, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('approve', 'reject'),
        fc.boolean(),
        // Signed rightly, but by a clock that is off by so many seconds.
        fc.constantFrom(0, 0, 0, 0, -290, 290, -310, 310, -700, 700),
        async (alterations, verdict, symmetric, off) => {
          const privateKey = symmetric ? secret : ben.privateKey;
          const right = signDecision({
            privateKey,
            id,
            requestHash,
            verdict,
            now: new Date(Date.now() + off * 1000),
          });
          const { 'content-type': _type, ...headers } = right.headers;
          const intact: Message = { headers, body: Uint8Array.from(Buffer.from(right.body)) };
          const message = alterations.reduce((current, change) => change(current), intact);
          const same =
            JSON.stringify([message.headers, [...message.body]]) ===
            JSON.stringify([intact.headers, [...intact.body]]);
          const [theirs, ours] = [acceptedByOracle(message), await acceptedByUs(gate, message)];
          const inTime = Math.abs(off) < 300;
          if (same) expect(ours).toBe(inTime);
          else if (symmetric && ours) expect(theirs).toBe(true);
          else if (!symmetric) expect(ours && !(inTime && keepsSignature(message, intact))).toBe(false);
          tally.accepted += theirs ? 1 : 0;
          tally.ours += ours ? 1 : 0;
          tally.refused += ours ? 0 : 1;
        },
      ),
      { numRuns: 700 },
    );
    // The altered ones are no formality: both sides are met often.
    expect([tally.ours > 25, tally.refused > 250, tally.accepted > 10]).toEqual([true, true, true]);
  });
});

/** A `v1a` message counts as long as what is signed is unchanged and the signature is still among the others. */
function keepsSignature(message: Message, intact: Message): boolean {
  const signature = intact.headers['webhook-signature'] ?? '';
  return (
    message.headers['webhook-id'] === intact.headers['webhook-id'] &&
    message.headers['webhook-timestamp'] === intact.headers['webhook-timestamp'] &&
    Buffer.from(message.body).equals(Buffer.from(intact.body)) &&
    (message.headers['webhook-signature'] ?? '').split(' ').includes(signature)
  );
}
