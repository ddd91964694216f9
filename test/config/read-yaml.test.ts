import fc from 'fast-check';
import { stringify, parseDocument } from 'yaml';
import { describe, expect, it } from 'vitest';
import { readPlainYaml } from '../../src/config/plain-yaml/read-plain-yaml.ts';
import { readYaml } from '../../src/config/read-yaml.ts';

const odd = [
  'a: no',
  'a: 012',
  'a: 0o14',
  'a: 1_000',
  'a: 0x1F',
  'a: .inf',
  'a: ~',
  'a: True',
  'a: 1:30',
  'a: 2001-01-01',
  '<<: { a: 1 }',
  '__proto__: { x: 1 }',
  '1: a',
  '? a\n: b',
  'a: |\n  x\n   y\n',
  'a: >-\n  x\n  y\n\n  z',
  'a: "\\x41\\\n  b"',
  "a: 'it''s'",
  '{ a, b: 1 }',
  '[a: 1]',
  'a: b#c #d',
  '%YAML 1.1\n---\na: yes',
  'a: &x 1\nb: *x',
  '',
];

/** In the forms that people and programs write policies in. */
const usual = [
  `version: 1
# a comment
people:
  owners: { members: [{ id: ana@acme.io, keys: [whpk_abc=] }] }
tags: { pii: { columns: [shop.customers.email, '**.ssn', "a\\"b"] } }
rules:
  - { name: open, operations: [read, tables.get], datasets: [shop], effect: allow } # behind
  - {
      name: more,
      datasets: [a, b],
    }
  - name: gate
    tags:
      - pii
      - x
    when: |
      true ||
        facts.star
    reason: Ask
      somebody
    approval:
      from: [owners]
  - reason: >-
      a b
      c
    name: -5
limits:
- name: a
  n: 10 GiB
- b
x: 1.5
y: null
`,
  "---\n- - a\n  - b: c\n    d: e\n-\n  f: 'it''s'\n- \"q\": 1\n  r:\n",
  '{"a":1,"b":[true,null,"x\\n"],"c":{"d":-2.5}}',
  'a: |\n  x\n\n   y\n\nb: >\n  c\n  d\n',
];

const slips = Array.from('\n:-#,[]{}"\'|>&*!%@`?\\~.0e1=\té').concat([
  ' ',
  '  ',
  '\n  ',
  '\n\n',
  ': ',
  '- ',
  ' #',
  '|-',
  '|2',
  '&a',
  '*a',
  'null',
  'true',
  '<<',
  '---',
  '',
]);

const strict = (text: string): unknown => parseDocument(text, { logLevel: 'silent' }).toJS();

const places = (text: string, path: readonly PropertyKey[]): string => readYaml(text, 'f').locate(path);

describe('a YAML text', () => {
  it.each(odd)('is read as the parser with places reads it: %j', (text) => {
    expect(readYaml(text, 'f').value).toEqual(strict(text));
  });

  it('is read alike by both parsers, however it is written', () => {
    const scalar = fc.oneof(
      fc.string({ unit: fc.constantFrom(...Array.from('a1-:#,[]{}"\'\\&*!|>%@` \n\t.~e')) }),
      fc.string({ unit: 'grapheme' }),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        scalar,
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    }));
    const style = fc.record({
      collectionStyle: fc.constantFrom('any' as const, 'block' as const, 'flow' as const),
      defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'BLOCK_LITERAL' as const),
    });
    fc.assert(
      fc.property(value, style, (data, options) => {
        const text = stringify(data, { ...options, aliasDuplicateObjects: false });
        // Some texts with line ends are written so that they are something else, or nothing, when read.
        const isSound = parseDocument(text, { logLevel: 'silent' }).errors.length === 0;
        fc.pre(isSound && JSON.stringify(strict(text)) === JSON.stringify(data));
        expect(readYaml(text, 'f').value).toEqual(strict(text));
      }),
    );
  });

  it('is read alike by both parsers, also with slips in it', () => {
    const slip = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat({ max: 3 }),
      text: fc.constantFrom(...slips),
    });
    fc.assert(
      fc.property(fc.constantFrom(...usual), fc.array(slip, { maxLength: 3 }), (whole, changes) => {
        const text = changes.reduce((before, change) => {
          const at = Math.floor(change.at * before.length);
          return before.slice(0, at) + change.text + before.slice(at + change.cut);
        }, whole);
        const plain = readPlainYaml(text);
        fc.pre(plain !== undefined);
        const document = parseDocument(text, { logLevel: 'silent' });
        expect([...document.errors, ...document.warnings]).toEqual([]);
        expect(plain?.value).toEqual(document.toJS());
      }),
      { numRuns: 1000 },
    );
  });

  it.each(usual)('is plain as most write it: %j', (text) => {
    expect(readPlainYaml(text)?.value).toEqual(strict(text));
  });

  it.each([
    'a: &x 1\nb: 2',
    'a: !!str 1',
    'a: b: c',
    'a: 1\na: 2',
    'a: [b: c]',
    'a: {b}',
    '<<: { a: 1 }',
    'null: a',
    'a: 0x1F',
    'a: - b',
    'a: |2\n  b\n',
    'a: |\n  \n   b\n',
    'a: "\\x41"',
    'a: [b\n]',
    'a:\tb',
    'a: 1\n---\nb: 2',
  ])('is left to the parser with places where it is not plain: %j', (text) => {
    expect(readPlainYaml(text)).toBeUndefined();
  });

  it.each([
    ['a key twice', 'a: 1\na: 2', 'f:2:1 Map keys must be unique'],
    ['a key twice in flow', 'x: { a: 1, a: 2 }', 'f:1:12 Map keys must be unique'],
    ['an unknown tag', 'a: !foo b', 'f:1:4 Unresolved tag: !foo'],
    ['two documents', 'a: 1\n---\na: 2', 'f:2:1 Source contains multiple documents'],
    ['an alias of nothing', 'a: *.ssn', 'f:1:4 *.ssn is an alias in YAML.'],
    ['deep nesting', '['.repeat(20_000), 'f:'],
  ])('with %s is refused with its place', (_what, text, message) => {
    expect(() => readYaml(text, 'f')).toThrow(message);
  });

  it('knows the places of its values', () => {
    const text = 'a:\n  - { b: 1 }\n';
    expect([places(text, ['a', 0, 'b']), places(text, ['a', 0]), places(text, ['x'])]).toEqual([
      '2:10',
      '2:5',
      '1:1',
    ]);
  });

  it('of 10,000 lines is read without building the tree that knows the places', () => {
    const text = Array.from({ length: 10_000 }, (_, i) => `- { name: rule-${i}, tags: [a, b] }`).join('\n');
    const [plain, placed] = [() => readYaml(text, 'f').value, () => places(text, [0])].map((run) => {
      const started = performance.now();
      run();
      return performance.now() - started;
    });
    expect(Number(plain) * 3).toBeLessThan(Number(placed));
  });
});
