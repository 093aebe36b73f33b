import { expect, test } from 'vitest';
import { createConduct, createFaultyConduct } from '../../src/cli/replay/conduct.ts';
import { isPlayerFault, parseFaultScript } from '../../src/cli/replay/fault-script.ts';
import { createPlayerFaults } from '../../src/cli/replay/player-faults.ts';
import { createRng } from '../../src/math/rng.ts';

/** The faults of a script at a moment that can be moved. */
function open(text: string) {
  const moment = { seconds: 0 };
  const faults = createPlayerFaults(parseFaultScript(text, 'f').faults.filter(isPlayerFault), {
    elapsed: () => moment.seconds,
    rng: createRng(1),
  });
  return { faults, moment };
}

const sessions = Array.from({ length: 4000 }, (_, s) => `s${s}`);

test('a share of the sessions stays away while a traffic drop lasts, always the same ones', () => {
  const { faults, moment } = open(
    'faults: [{ kind: traffic-drop, at: 10, for: 20, match: { segment: poland }, keep: 0.1 }]',
  );
  const there = (segment: string) =>
    sessions.filter((session) => faults.isPlayed(session, { segment }));
  expect(there('poland')).toHaveLength(4000);
  moment.seconds = 15;
  const first = there('poland');
  // Binomial: five standard deviations are 95.
  expect(Math.abs(first.length - 400)).toBeLessThan(95);
  expect(there('poland')).toEqual(first);
  expect(there('sweden')).toHaveLength(4000);
  moment.seconds = 30;
  expect(there('poland')).toHaveLength(4000);
});

test('along a ramp more and more stay away, and nobody comes back', () => {
  const { faults, moment } = open(
    'faults: [{ kind: traffic-drop, for: 100, keep: 0, rampSeconds: 100 }]',
  );
  const thereAt = (seconds: number) => {
    moment.seconds = seconds;
    return sessions.filter((session) => faults.isPlayed(session, {}));
  };
  const [early, late] = [thereAt(25), thereAt(75)];
  expect(Math.abs(early.length - 3000)).toBeLessThan(140);
  expect(Math.abs(late.length - 1000)).toBeLessThan(140);
  expect(late.every((session) => early.includes(session))).toBe(true);
});

test('a loss of clicks leaves the traffic alone and takes the answer from the clicks it matches', () => {
  const { faults } = open(
    'faults: [{ kind: ctr-drop, for: 9, match: { catalog: skirts, strategy: walk }, keep: 0.2 }]',
  );
  const share = (labels: object) =>
    sessions.filter(() => faults.isOnAnswer(labels)).length / sessions.length;
  expect(share({ catalog: 'skirts', strategy: 'walk' })).toBeCloseTo(0.2, 1);
  expect(share({ catalog: 'skirts', strategy: 'popularity' })).toBe(1);
  expect(faults.isPlayed('s', { catalog: 'skirts' })).toBe(true);
});

test('where only shown items are clicked, a click on another does not name the answer', () => {
  const { faults } = open(
    'faults: [{ kind: traffic-drop, for: 1, keep: 0, match: { work: home } }]',
  );
  const click = { session: 's', item: 'A', type: 'click', atMs: 0 };
  const answer = (items: string[]) => ({
    status: 200,
    items,
    strategy: 'w',
    fallbackReason: 'none',
  });
  const conduct = (clicks: 'all' | 'shown') =>
    createFaultyConduct(createConduct(['session']), { clicks, faults });
  expect(conduct('shown').isOnAnswer(click, answer(['B', 'A']))).toBe(true);
  expect(conduct('shown').isOnAnswer(click, answer(['B']))).toBe(false);
  expect(conduct('all').isOnAnswer(click, answer(['B']))).toBe(true);
  expect(conduct('all').isPlayed(click)).toBe(true);
});
