import { expect, test } from 'vitest';
import { timeline } from '../../src/cli/replay/timeline.ts';

const click = (session: string, item: string, atMs: number) => ({
  session,
  item,
  atMs,
  type: 'click',
});

test('clicks come in time order over all sessions', () => {
  const played = timeline([click('a', '3', 30), click('b', '1', 10), click('a', '2', 20)], {
    fromMs: 0,
    toMs: 100,
  });
  expect(played.map(({ item }) => item)).toEqual(['1', '2', '3']);
});

test('a session that began in the range is played whole, others not at all', () => {
  const clicks = [
    click('before', 'x', 9),
    click('before', 'y', 11),
    click('in', 'a', 10),
    click('in', 'b', 50),
    click('after', 'z', 20),
  ];
  const played = timeline(clicks, { fromMs: 10, toMs: 20 });
  expect(played.map(({ item }) => item)).toEqual(['a', 'b']);
});

test('no clicks make an empty timeline', () => {
  expect(timeline([], { fromMs: 0, toMs: 1 })).toEqual([]);
});
