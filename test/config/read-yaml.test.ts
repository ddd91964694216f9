import fc from 'fast-check';
import { stringify, parseDocument } from 'yaml';
import { describe, expect, it } from 'vitest';
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
