import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDense } from '../../src/models/click-density.ts';
import { createMatching, type MatchingRules } from '../../src/models/session-matching.ts';

const items = 6;
const sessionsArbitrary = fc.array(fc.array(fc.nat(items - 1), { minLength: 2, maxLength: 9 }), {
  maxLength: 12,
});
const rulesArbitrary = fc.record({
  neighbours: fc.integer({ min: 1, max: 6 }),
  window: fc.integer({ min: 1, max: 9 }),
  matchDecay: fc.constantFrom(0, 0.5, 1),
  distanceDecay: fc.constantFrom(0, 0.7, 1),
  rarity: fc.constantFrom(0, 5),
  oldestWeight: fc.constantFrom(0.1, 0.97),
});

test('votes as the definition says', () => {
  fc.assert(
    fc.property(sessionsArbitrary, rulesArbitrary, sessionsArbitrary, (past, rules, asked) => {
      const voting = createMatching(rowsOf(past), rules);
      for (const clicks of asked) {
        voting.clear();
        voting.cast(Int32Array.from(clicks), clicks.length);
        const expected = votesByDefinition(past, rules, clicks);
        if (expected === undefined) continue;
        for (const [code, votes] of expected.entries())
          expect(voting.votes[code]).toBeCloseTo(votes, 9);
        const voted = [...voting.voted.subarray(0, voting.count())].sort();
        expect(voted).toEqual([...expected.keys()].filter((code) => expected[code] > 0));
      }
    }),
    { numRuns: 300 },
  );
});

test('sessions are dense where most clicks are on items with enough of them', () => {
  expect(isDense(rowsOf([[0, 0, 1]]), 2)).toBe(true);
  expect(isDense(rowsOf([[0, 0, 1, 2]]), 2)).toBe(false);
  expect(isDense(rowsOf([]), 1)).toBe(false);
});

function rowsOf(past: number[][]) {
  const offsets = new Uint32Array(past.length + 1);
  for (const [s, clicks] of past.entries()) offsets[s + 1] = offsets[s] + clicks.length;
  return { offsets, codes: Uint32Array.from(past.flat()), items };
}

/** The votes after `clicks`, newest first; undefined where it is a tie who is among the neighbours. */
function votesByDefinition(
  past: number[][],
  rules: MatchingRules,
  clicks: number[],
): number[] | undefined {
  const rarityOf = (code: number) => {
    const having = past.filter((session) => session.includes(code)).length;
    return Math.log((past.length + 1) / Math.max(1, having)) / Math.log(past.length + 1);
  };
  const latestOf = (code: number) =>
    past
      .map((session, s) => ({ session, s }))
      .filter(({ session }) => session.includes(code))
      .slice(-rules.neighbours)
      .map(({ s }) => s);
  const asked = clicks.slice(0, rules.window);
  const backOf = (code: number) => asked.indexOf(code);
  const similarities = past.map((_, s) => {
    const age = rules.oldestWeight ** (1 - (s + 1) / past.length);
    return [...new Set(asked)]
      .filter((code) => latestOf(code).includes(s))
      .reduce((sum, code) => sum + rules.matchDecay ** backOf(code) * rarityOf(code) * age, 0);
  });
  const order = [...past.keys()]
    .filter((s) => similarities[s] > 0)
    .sort((a, b) => similarities[b] - similarities[a]);
  const [last, next] = [order[rules.neighbours - 1], order[rules.neighbours]];
  if (next !== undefined && similarities[last] - similarities[next] < 1e-6) return undefined;
  const votes = new Array<number>(items).fill(0);
  for (const s of order.slice(0, rules.neighbours)) {
    const common = past[s].map(backOf).filter((back) => back >= 0);
    const match = past[s].lastIndexOf(asked[Math.min(...common)]);
    for (const [at, code] of past[s].entries())
      votes[code] +=
        similarities[s] *
        rules.distanceDecay ** Math.abs(at - match) *
        (1 + rules.rarity * rarityOf(code));
  }
  return votes;
}
