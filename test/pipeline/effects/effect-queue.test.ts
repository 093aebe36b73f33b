import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEffectStand } from './effect-stand.ts';

/** Effects that note their runs, and some that end when they are told to. */
function open(bounds: object = {}) {
  const stand = openEffectStand(bounds);
  const ran: number[] = [];
  const ends: (() => void)[] = [];
  const note = (id: number) => stand.queue.offer({ name: 'note', run: () => void ran.push(id) });
  const hold = () =>
    stand.queue.offer({ name: 'hold', run: () => new Promise<void>((end) => ends.push(end)) });
  return { ...stand, ran, ends, note, hold };
}

test('an effect runs after the turn in which it was offered, one a turn, in order', async () => {
  const { note, ran, endTurn } = open();
  for (const id of [1, 2, 3]) expect(note(id)).toBe(true);
  expect(ran).toEqual([]);
  await endTurn();
  expect(ran).toEqual([1]);
  await endTurn();
  await endTurn();
  expect(ran).toEqual([1, 2, 3]);
});

test('what waits, runs and ends is told', async () => {
  const { hold, ends, endTurns, pass, facts } = open();
  hold();
  await endTurns();
  await pass(30);
  ends[0]();
  await endTurns();
  expect(facts('effects.queued')).toEqual([{ waiting: 0 }, { waiting: 1 }, { waiting: 0 }]);
  expect(facts('effect.ended')).toEqual([{ effect: 'hold', outcome: 'done', seconds: 0.03 }]);
});

test('beyond the capacity effects are dropped, counted, and never run', async () => {
  const { note, ran, queue, endTurns, facts } = open({ capacity: 2 });
  expect([1, 2, 3, 4].map(note)).toEqual([true, true, false, false]);
  expect(queue.waiting).toBe(2);
  await endTurns();
  expect(ran).toEqual([1, 2]);
  const dropped = { effect: 'note', reason: 'full' };
  expect(facts('effect.dropped')).toEqual([dropped, dropped]);
  expect(note(5)).toBe(true);
});

test('no more run at once than allowed, and the next one begins when one ends', async () => {
  const { hold, note, ran, ends, endTurns } = open({ atOnce: 2 });
  hold();
  hold();
  note(1);
  await endTurns();
  expect([ends.length, ran]).toEqual([2, []]);
  ends[1]();
  await endTurns();
  await endTurns();
  expect(ran).toEqual([1]);
});

test('while the event loop is behind nothing runs, and what waited for too long is dropped', async () => {
  const { note, ran, loop, endTurns, pass, facts } = open({ waitMs: 1000 });
  loop.isBehind = true;
  note(1);
  await endTurns();
  for (let ms = 0; ms < 600; ms += 20) await pass(20);
  note(2);
  for (let ms = 0; ms < 600; ms += 20) await pass(20);
  expect(ran).toEqual([]);
  loop.isBehind = false;
  await pass(20);
  await endTurns();
  expect(ran).toEqual([2]);
  expect(facts('effect.dropped')).toEqual([{ effect: 'note', reason: 'expired' }]);
});

test.each([
  [
    'throws',
    () => {
      throw new Error('no');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no'))],
])('an effect that %s is counted and stops no other', async (_, run) => {
  const { queue, note, ran, endTurns, facts } = open();
  queue.offer({ name: 'broken', run });
  note(1);
  await endTurns();
  expect(ran).toEqual([1]);
  expect(facts('effect.failed')).toEqual([{ effect: 'broken', cause: new Error('no') }]);
  expect(facts('effect.ended')[0]).toMatchObject({ effect: 'broken', outcome: 'failed' });
});

test('an effect that hangs is given up and counts once, also where it ends later', async () => {
  const { hold, note, ran, ends, endTurns, pass, facts, timers } = open({
    atOnce: 1,
    timeLimitMs: 100,
  });
  hold();
  note(1);
  await endTurns();
  await pass(99);
  expect(ran).toEqual([]);
  await pass(1);
  await endTurns();
  expect(ran).toEqual([1]);
  ends[0]();
  await endTurns();
  expect(facts('effect.ended').map(({ outcome }) => outcome)).toEqual(['late', 'done']);
  expect(timers()).toBe(0);
});

test('closing runs what waits, though the loop is behind, and takes nothing in', async () => {
  const { queue, note, ran, loop, endTurns, facts, timers } = open();
  note(1);
  note(2);
  loop.isBehind = true;
  const closed = queue.close();
  expect(note(3)).toBe(false);
  await endTurns();
  await closed;
  expect(ran).toEqual([1, 2]);
  expect(facts('effect.dropped')).toEqual([{ effect: 'note', reason: 'closed' }]);
  expect(timers()).toBe(0);
  expect(queue.close()).toBe(closed);
});

test('closing an idle queue ends at once', async () => {
  const { queue, timers } = open();
  await queue.close();
  expect(timers()).toBe(0);
});

test('closing waits for no longer than allowed, and what is left is dropped', async () => {
  const { queue, hold, note, ran, endTurns, pass, facts } = open({ atOnce: 1, drainMs: 50 });
  hold();
  note(1);
  await endTurns();
  let isClosed = false;
  const closed = queue.close().then(() => {
    isClosed = true;
  });
  await pass(49);
  expect(isClosed).toBe(false);
  await pass(1);
  await closed;
  await endTurns();
  expect(ran).toEqual([]);
  expect(facts('effect.dropped')).toEqual([{ effect: 'note', reason: 'closed' }]);
});

test('every effect ends or is dropped, exactly once, whatever happens', async () => {
  const step = fc.constantFrom('note', 'hold', 'end', 'turn', 'pass', 'behind');
  const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
    const stand = open({ capacity: 3, atOnce: 2, waitMs: 100, timeLimitMs: 60 });
    let offered = 0;
    for (const name of steps) {
      if (name === 'note' || name === 'hold') offered += 1;
      if (name === 'note') stand.note(offered);
      if (name === 'hold') stand.hold();
      if (name === 'end') stand.ends.shift()?.();
      if (name === 'turn') await stand.endTurn();
      if (name === 'pass') await stand.pass(20);
      if (name === 'behind') stand.loop.isBehind = !stand.loop.isBehind;
      expect(stand.queue.waiting).toBeLessThanOrEqual(3);
    }
    const closed = stand.queue.close();
    for (let k = 0; k < 60; k++) await stand.pass(20);
    await closed;
    const ends = stand.facts('effect.ended').length + stand.facts('effect.dropped').length;
    expect(ends).toBe(offered);
    expect(new Set(stand.ran).size).toBe(stand.ran.length);
    expect(stand.timers()).toBe(0);
  });
  await fc.assert(property);
});
