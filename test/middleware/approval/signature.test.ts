import { generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import {
  generateApproverKeys,
  readSigningKey,
  readVerifyingKey,
} from '../../../src/middleware/approval/keys.ts';
import { isSignedBy, signatureHeaders } from '../../../src/middleware/approval/signature.ts';
import { ana, ben, secret } from './harness.ts';

const vector = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: Buffer.from('{"test": 2432232314}'),
};

describe('signatures of Standard Webhooks', () => {
  it('reproduce the published vector', () => {
    expect(signatureHeaders(vector, [readSigningKey(secret)])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('are accepted by the standardwebhooks package, and its own by us', () => {
    const theirs = new Webhook(secret);
    const key = readVerifyingKey(secret);
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.stringMatching(/^[\w-]{1,40}$/),
        (text, id) => {
          const now = new Date();
          const body = JSON.stringify({ text });
          const message = { id, timestamp: Math.floor(now.getTime() / 1000), body: Buffer.from(body) };
          const ours = signatureHeaders(message, [readSigningKey(secret)]);
          expect(theirs.verify(body, { ...ours })).toEqual({ text });
          expect(isSignedBy(message, theirs.sign(id, now, body), key)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('with v1a are Ed25519 over id, timestamp and body', () => {
    const header = signatureHeaders(vector, [readSigningKey(ana.privateKey)])['webhook-signature'];
    const key = readVerifyingKey(ana.publicKey);
    const signed = Buffer.from(`${vector.id}.${vector.timestamp}.{"test": 2432232314}`);
    const bytes = Buffer.from(header.slice('v1a,'.length), 'base64');
    expect(key.scheme === 'v1a' && verify(null, signed, key.publicKey, bytes)).toBe(true);
  });

  it('of old and new keys stand side by side, and one that fits is enough', () => {
    const keys = [readSigningKey(secret), readSigningKey(ana.privateKey), readSigningKey(ben.privateKey)];
    const header = signatureHeaders(vector, keys)['webhook-signature'];
    const verifying = [secret, ana.publicKey, ben.publicKey, generateApproverKeys().publicKey];
    expect(verifying.map((key) => isSignedBy(vector, header, readVerifyingKey(key)))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('fit no other message, key, scheme or encoding', () => {
    const header = signatureHeaders(vector, [readSigningKey(ana.privateKey)])['webhook-signature'];
    const key = readVerifyingKey(ana.publicKey);
    const altered = [
      { ...vector, id: `${vector.id}x` },
      { ...vector, timestamp: vector.timestamp + 1 },
      { ...vector, body: Buffer.from('{"test": 2432232315}') },
    ];
    expect(altered.map((message) => isSignedBy(message, header, key))).toEqual([false, false, false]);
    const headers = [
      '',
      'v1a,',
      header.replace('v1a', 'v1'),
      header.replace(/=+$/, ''),
      `${header}=`,
      ` ,${header}`,
    ];
    expect(headers.map((each) => isSignedBy(vector, each, key))).toEqual(headers.map(() => false));
  });

  it('are refused whatever else a header holds', () => {
    const key = readVerifyingKey(secret);
    const right = signatureHeaders(vector, [readSigningKey(secret)])['webhook-signature'];
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(isSignedBy(vector, header, key)).toBe(header.split(' ').includes(right));
      }),
    );
  });
});

describe('keys', () => {
  it('have the formats of Standard Webhooks', () => {
    const { privateKey, publicKey } = generateApproverKeys();
    expect(Buffer.from(publicKey.replace('whpk_', ''), 'base64')).toHaveLength(32);
    expect(Buffer.from(privateKey.replace('whsk_', ''), 'base64')).toHaveLength(64);
  });

  it('may be private keys of the seed alone', () => {
    const { privateKey, publicKey } = generateApproverKeys();
    const seed = Buffer.from(privateKey.replace('whsk_', ''), 'base64').subarray(0, 32);
    const header = signatureHeaders(vector, [readSigningKey(`whsk_${seed.toString('base64')}`)]);
    expect(isSignedBy(vector, header['webhook-signature'], readVerifyingKey(publicKey))).toBe(true);
  });

  it('that are malformed are refused without being shown', () => {
    const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' });
    const mixed = Buffer.concat([
      Buffer.from(ana.privateKey.slice(5), 'base64').subarray(0, 32),
      Buffer.from(ben.publicKey.slice(5), 'base64'),
    ]);
    const signing = [
      '',
      'whsec_',
      'whsec_c2hvcnQ=',
      'whsk_c2hvcnQ=',
      `whsk_${mixed.toString('base64')}`,
      ana.publicKey,
    ];
    const verifying = [
      'whpk_c2hvcnQ=',
      `whpk_${x25519.toString('base64')}`,
      `${ana.publicKey}!`,
      ana.privateKey,
    ];
    for (const text of signing)
      expect(() => readSigningKey(text)).toThrow(/^An approval key is not \w+_ followed/);
    for (const text of verifying)
      expect(() => readVerifyingKey(text)).toThrow(/^An approval key is not whpk_ followed/);
  });
});
