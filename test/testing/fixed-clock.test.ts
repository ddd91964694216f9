import { describe, expect, it } from 'vitest';
import { fixedClock } from '../../src/testing/fixed-clock.ts';

describe('fixedClock', () => {
  it('stands still until it is told to go on', () => {
    const { now, advance, set } = fixedClock('2026-01-31T12:00:00Z');
    expect(now().toISOString()).toBe('2026-01-31T12:00:00.000Z');
    advance(1500);
    expect(now().toISOString()).toBe('2026-01-31T12:00:01.500Z');
    set(new Date(0));
    expect(now().getTime()).toBe(0);
  });

  it('hands out a new date every time', () => {
    const { now } = fixedClock(new Date(0));
    now().setFullYear(2000);
    expect(now().getTime()).toBe(0);
  });

  it('refuses what is no time', () => {
    expect(() => fixedClock('noon')).toThrow('Not a time: noon');
  });
});
