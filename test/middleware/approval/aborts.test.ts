import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { Aborts } from '../../../src/middleware/approval/aborts.ts';

it('many calls that share a signal have one listener, each hears of the abort, and none is left behind', () => {
  const aborts = new Aborts();
  const controller = new AbortController();
  const { signal } = controller;
  const heard: number[] = [];
  const stops = [0, 1, 2].map((index) => aborts.add(signal, () => heard.push(index)));
  expect(getEventListeners(signal, 'abort').length).toBe(1);
  stops[1]?.();
  controller.abort();
  aborts.add(signal, () => heard.push(3));
  expect(heard).toEqual([0, 2, 3]);
  const other = new AbortController();
  aborts.add(other.signal, () => undefined)();
  expect(getEventListeners(other.signal, 'abort')).toEqual([]);
});
