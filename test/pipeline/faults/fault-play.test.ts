import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestContext } from '../../../src/pipeline/algorithm.ts';
import { type Fault, matchLabels } from '../../../src/pipeline/faults/fault.ts';
import { type PlayedFault, strike } from '../../../src/pipeline/faults/fault-play.ts';
import { neutralIntent } from '../../../src/pipeline/run.ts';

const slow = (changes: Partial<Fault> = {}) =>
  ({
    ...{ name: 'f', kind: 'slow-store', delayMs: 40, match: {}, share: 1 },
    ...{ afterSeconds: 0, forSeconds: 60, rampSeconds: 0 },
    ...changes,
  }) as Fault;

const failing = (changes: Partial<Fault> = {}) => {
  const { delayMs: _, ...rest } = slow(changes) as Extract<Fault, { kind: 'slow-store' }>;
  return { ...rest, kind: 'failing-store' } as Fault;
};

const play = (fault: Fault, beginsAt = 1000): PlayedFault => ({
  fault,
  beginsAt,
  endsAt: beginsAt + fault.forSeconds * 1000,
  seed: 7,
  struck: 0,
});

const scene = (labels: Record<string, string> = {}, serial = 1) => ({
  work: labels.work ?? 'home',
  strategy: labels.strategy ?? 'home-blend',
  context: {
    intent: {
      ...neutralIntent,
      segment: labels.segment ?? 'poland',
      catalog: labels.catalog ?? 'skirts',
    },
    variant: labels.variant ?? '',
    query: { serial },
  } as RequestContext,
});

const store = { kind: 'slow-store', now: 2000 } as const;

test.each(['work', 'strategy', 'segment', 'catalog', 'variant'])(
  'a fault strikes the requests whose %s is the one it names, and no others',
  (label) => {
    const played = [play(slow({ match: { [label]: 'this' } }))];
    expect(strike(played, scene({ [label]: 'this' }), store)).toMatchObject({ strength: 1 });
    expect(strike(played, scene({ [label]: 'that' }), store)).toBeUndefined();
  },
);

test('a fault with several labels strikes where all of them are met', () => {
  const played = [play(slow({ match: { segment: 'poland', catalog: 'skirts' } }))];
  expect(strike(played, scene(), store)).toBeDefined();
  expect(strike(played, scene({ catalog: 'sale' }), store)).toBeUndefined();
  expect(played[0].struck).toBe(1);
});

test('whatever a fault names, it strikes exactly where every named label has its value', () => {
  const value = fc.constantFrom('a', 'b');
  const labelsOf = fc.record(Object.fromEntries(matchLabels.map((label) => [label, value])));
  const someOf = fc.record(Object.fromEntries(matchLabels.map((label) => [label, value])), {
    requiredKeys: [],
  });
  fc.assert(
    fc.property(someOf, labelsOf, (match, labels) => {
      const isMet = Object.entries(match).every(([label, wanted]) => labels[label] === wanted);
      const struck = strike([play(slow({ match }))], scene(labels), store);
      expect(struck !== undefined).toBe(isMet);
    }),
  );
});

test('a fault strikes from its beginning up to, not including, its end', () => {
  const played = [play(slow())];
  const at = (now: number) => strike(played, scene(), { kind: 'slow-store', now }) !== undefined;
  expect([999, 1000, 60_999, 61_000].map(at)).toEqual([false, true, true, false]);
});

test('only faults of the asked kind and stage strike', () => {
  const stage = { kind: 'failing-stage', stage: 'score' } as Partial<Fault>;
  const played = [play(slow(stage))];
  expect(strike(played, scene(), store)).toBeUndefined();
  const asked = { kind: 'failing-stage', now: 2000 } as const;
  expect(strike(played, scene(), { ...asked, stage: 'rerank' })).toBeUndefined();
  expect(strike(played, scene(), { ...asked, stage: 'score' })).toBeDefined();
});

/** How many of 10,000 requests are struck. */
const count = (one: PlayedFault, now = 2000) =>
  Array.from({ length: 10_000 }, (_, serial) =>
    strike([one], scene({}, serial), { kind: one.fault.kind, now }),
  ).filter((struck) => struck !== undefined).length;

test('a share of the requests is struck, the same ones each time they are asked for', () => {
  // Binomial with n 10,000: five standard deviations are 230.
  const one = play(slow({ share: 0.3 }));
  const first = count(one);
  expect(Math.abs(first - 3000)).toBeLessThan(230);
  expect(count(one)).toBe(first);
  expect(one.struck).toBe(2 * first);
  expect(count(play(slow({ share: 0 })))).toBe(0);
});

test('along its ramp a delay grows from nothing, for all matching requests', () => {
  const one = play(slow({ rampSeconds: 40 }));
  const at = (now: number) => strike([one], scene(), { kind: 'slow-store', now })?.strength;
  expect([1000, 11_000, 31_000, 41_000, 60_000].map(at)).toEqual([undefined, 0.25, 0.75, 1, 1]);
  expect(count(one, 11_000)).toBe(10_000);
});

test('along its ramp the share of what fails grows from nothing, and who was struck stays so', () => {
  const one = play(failing({ rampSeconds: 40, share: 0.8 }));
  const struckAt = (now: number) =>
    Array.from({ length: 2000 }, (_, serial) => serial).filter((serial) =>
      strike([one], scene({}, serial), { kind: 'failing-store', now }),
    );
  const early = struckAt(11_000);
  const late = new Set(struckAt(41_000));
  expect(Math.abs(early.length - 400)).toBeLessThan(90);
  expect(Math.abs(late.size - 1600)).toBeLessThan(90);
  expect(early.every((serial) => late.has(serial))).toBe(true);
});
