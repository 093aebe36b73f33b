import { expect, test } from 'vitest';
import { steadyClicks } from '../../src/cli/replay/steady-clicks.ts';
import { createVisitors } from '../../src/cli/replay/visitors.ts';

/** Sessions of five clicks, recorded one after the other. */
const recorded = Array.from({ length: 40 * 5 }, (_, i) => ({
  session: `s${Math.floor(i / 5)}`,
  item: `A${i}`,
  type: 'click',
  atMs: i * 30_000,
  segment: i % 10 < 5 ? 'poland' : undefined,
}));

test('clicks come at equal distances, as many as are asked for', () => {
  const clicks = [...steadyClicks(recorded, { rate: 4, length: 1000 })];
  expect(clicks).toHaveLength(1000);
  clicks.forEach(({ atMs }, c) => {
    expect(atMs).toBe(c * 250);
  });
});

test('sessions go on side by side, five seconds from click to click, in the recorded order', () => {
  const clicks = [...steadyClicks(recorded, { rate: 4, length: 400 })];
  const bySession = Map.groupBy(clicks, ({ session }) => session);
  expect(new Set(clicks.slice(0, 20).map(({ session }) => session)).size).toBe(20);
  for (const [session, own] of bySession) {
    const items = own.map(({ item }) => Number(item.slice(1)));
    items.forEach((item, i) => {
      expect(item).toBe(items[0] + i);
      expect(own[i].atMs - own[0].atMs).toBe(i * 5000);
    });
    // Those that stand first are under way; the others are whole, unless the end cuts them off.
    expect(Number(session.match(/^s(\d+)/)![1]) < 20 || items[0] % 5 === 0).toBe(true);
  }
});

test('after the last session the first comes again, under another name', () => {
  const clicks = [...steadyClicks(recorded, { rate: 1, length: 1000 })];
  const names = new Set(clicks.map(({ session }) => session));
  expect(names.has('s0')).toBe(true);
  expect(names.has('s0~1')).toBe(true);
  const whole = clicks.filter(({ session }) => session === 's7~1');
  expect(whole.map(({ item }) => item)).toEqual(['A35', 'A36', 'A37', 'A38', 'A39']);
});

test('a load can be played twice, and is the same both times', () => {
  const load = steadyClicks(recorded, { rate: 4, length: 300 });
  expect([...load]).toEqual([...load]);
});

test('the users of a replay have the segments of its sessions, and a session keeps its user', () => {
  const visitors = createVisitors(recorded);
  expect(visitors.users).toHaveLength(200);
  const known = new Map(visitors.users.map(({ id, segment }) => [id, segment]));
  for (const click of recorded) expect(known.get(visitors.of(click))).toBe(click.segment ?? null);
  expect(visitors.of(recorded[0])).toBe(visitors.of(recorded[4]));
  expect(visitors.of(recorded[0])).not.toBe(visitors.of(recorded[10]));
});
