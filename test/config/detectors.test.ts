import { describe, expect, it } from 'vitest';
import { compileConfig, parseConfig } from '../../src/config/load-config.ts';

const file = (detectors: string): string => `version: 1
project: acme
audit: { folder: /tmp/audit }
detectors: [${detectors}]
`;

const compiled = (detectors: string): unknown =>
  compileConfig(parseConfig(file(detectors))).document.detectors;

const digest = (detectors: string): string => compileConfig(parseConfig(file(detectors))).digest;

describe('detectors in a policy file', () => {
  it('are read as they are written', () => {
    const detectors = [
      { name: 'a', principals: { groups: ['agents'] }, find: ['email', 'card'], action: 'redact' },
      {
        name: 'b',
        datasets: ['shop'],
        tables: ['hr.people'],
        patterns: { ticket: 'T-[0-9]+' },
        action: 'deny',
      },
    ];
    expect(compiled(detectors.map((each) => JSON.stringify(each)).join())).toEqual(detectors);
  });

  it.each([
    ['nothing to look for', '{ name: a, action: deny }', /detectors\.0 state find, patterns, or both/],
    ['a kind that is unknown', '{ name: a, find: [mail], action: deny }', /4:31 detectors\.0\.find\.0/],
    [
      'a name that is taken',
      '{ name: a, patterns: { email: x }, action: deny }',
      /another name: this one is taken/,
    ],
    ['an action that is unknown', '{ name: a, find: [email], action: hide }', /detectors\.0\.action/],
    [
      'the same name twice',
      '{ name: a, find: [ip], action: deny }, { name: a, find: [ip], action: deny }',
      /4:\d+ The name a is used twice/,
    ],
    [
      'a pattern that is none',
      '{ name: a, patterns: { t: "(" }, action: deny }',
      /4:39 The pattern t of detector a cannot be used: the pattern is not in the syntax of RE2/,
    ],
    [
      'a back reference',
      '{ name: a, patterns: { t: "(a)\\\\1" }, action: deny }',
      /not in the syntax of RE2/,
    ],
    [
      'a pattern that fits everywhere',
      '{ name: a, patterns: { t: "x*" }, action: deny }',
      /fits a text without any character/,
    ],
    [
      'a pattern that is too large',
      '{ name: a, patterns: { t: "x{1000}x{1000}x{1000}x{1000}x{1000}x{1000}" }, action: deny }',
      /too large/,
    ],
  ])('are refused with %s', (_what, detectors, message) => {
    expect(() => compiled(detectors)).toThrow(message);
  });

  it('change the digest of the policy, and their order does not', () => {
    const [a, b] = ['{ name: a, find: [ip], action: deny }', '{ name: b, find: [card], action: deny }'];
    expect(digest(`${a}, ${b}`)).toBe(digest(`${b}, ${a}`));
    expect(digest(a)).not.toBe(digest(''));
  });
});
