import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderSafely } from '../../../src/middleware/approval/render.ts';

describe('text for approvers', () => {
  it('shows what a screen would hide or reorder', () => {
    const cases: Readonly<Record<string, string>> = {
      'UPDATE t /* \u202E eurt = \u202C */': 'UPDATE t /* ⟨U+202E⟩ eurt = ⟨U+202C⟩ */',
      'a\u200Bb\u2060c\uFEFFd\u00ADe': 'a⟨U+200B⟩b⟨U+2060⟩c⟨U+FEFF⟩d⟨U+00AD⟩e',
      'x\u2066y\u2069\u061C': 'x⟨U+2066⟩y⟨U+2069⟩⟨U+061C⟩',
      'a\rb\u0000c\u001B[2Kd\u0085e\u2028f': 'a⟨U+000D⟩b⟨U+0000⟩c⟨U+001B⟩[2Kd⟨U+0085⟩e⟨U+2028⟩f',
      'a\u00A0b\u3000c': 'a⟨U+00A0⟩b⟨U+3000⟩c',
      '\u{E0041}\u3164\uFE0F': '⟨U+E0041⟩⟨U+3164⟩⟨U+FE0F⟩',
      '\uD800 lone': '⟨U+D800⟩ lone',
      'a\u0336b\u0336': 'a⟨U+0336⟩b⟨U+0336⟩',
    };
    const rendered = Object.fromEntries(Object.keys(cases).map((text) => [text, renderSafely(text)]));
    expect(rendered).toEqual(cases);
  });

  it('shows letters that look like Latin ones in a Latin word', () => {
    expect(renderSafely('SELECT \u0430mount, сумма FROM p\u0430y')).toBe(
      'SELECT ⟨U+0430⟩mount, сумма FROM p⟨U+0430⟩y',
    );
  });

  it('shortens runs of blanks that would push the rest out of sight', () => {
    expect(renderSafely(`-- ${' '.repeat(5000)} OR TRUE`)).toBe('--⟨5002 spaces⟩OR TRUE');
    expect(renderSafely(`a${'\n'.repeat(300)}b`)).toBe('a\n⟨299 blank lines⟩\nb');
  });

  it('cannot be faked, since its own marks are written out', () => {
    expect(renderSafely('⟨U+202E⟩')).toBe('⟨U+27E8⟩U+202E⟨U+27E9⟩');
  });

  it('stays as it is when it is ordinary', () => {
    const sql = "SELECT name, 'Grüße, 世界 שלום' AS hi\n\tFROM `acme.shop.orders`\n\nWHERE a > 1 -- comment";
    expect(renderSafely(sql)).toBe(sql);
  });

  it('never holds a hidden character, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(renderSafely(text)).not.toMatch(/(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

function timeToRender(length: number): number {
  const text = `\n${' \n'.repeat(3)}${'\t '.repeat(length)}\u0430${'x'.repeat(length)}`;
  const start = performance.now();
  renderSafely(text);
  return performance.now() - start;
}

it('rendering a text of a megabyte does not hang on long runs of blanks or letters', () => {
  timeToRender(1000);
  expect(timeToRender(400_000)).toBeLessThan(2000);
});
