import { describe, expect, it } from 'vitest';
import { masks } from '../../../src/middleware/masking/masks/index.ts';

// Values published on "Introduction to data masking" in BigQuery's documentation.
describe('a mask gives what Google documents', () => {
  it.each([
    ['sha256', 'randomtext', 'jQHDyQuj7vJcveEe59ygb3Zcvj0B5FJINBzgM6Bypgw='],
    ['emailMask', 'test@gmail@gmail.com', 'Qdje6MO+GLwI0u+KyRyAICDjHbLF1ImxRqaW08tY52k='],
    ['emailMask', 'abc123@gmail.com', 'XXXXX@gmail.com'],
    ['lastFour', '123456789', 'XXXXX6789'],
    ['lastFour', 'a😀bcd', 'XXXXX😀bcd'],
    ['firstFour', '123456789', '1234XXXXX'],
    ['firstFour', '1234', 'A6xnQhbz4Vx2HuGl4lXwZ5U2I8iziLRFnhP5eNfIRvQ='],
    ['redact', 'anything', ''],
    ['nullify', 'anything', null],
    ['defaultValue', 'anything', ''],
  ] as const)('%s of %s', (name, value, expected) => {
    expect(masks[name].cell(value, 'STRING')).toBe(expected);
  });

  it('a text of four characters is hashed, not shown', () => {
    expect(masks.lastFour.cell('1234', 'STRING')).toBe(masks.sha256.cell('1234', 'STRING'));
  });

  it('a hash of BYTES is BYTES', () => {
    expect(masks.sha256.cell(Buffer.from('randomtext').toString('base64'), 'BYTES')).toBe(
      'jQHDyQuj7vJcveEe59ygb3Zcvj0B5FJINBzgM6Bypgw=',
    );
  });
});
