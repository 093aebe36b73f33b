import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createVoting,
  type PastSessions,
  type VotingRules,
} from '../../src/models/session-voting.ts';

const items = 6;
const sessionsArbitrary = fc.array(fc.array(fc.nat(items - 1), { maxLength: 9 }), {
  maxLength: 12,
});
const rulesArbitrary = fc.record({
  neighbours: fc.integer({ min: 1, max: 12 }),
  window: fc.integer({ min: 1, max: 9 }),
  positionDecay: fc.constantFrom(0, 0.5, 0.8, 1),
  sharpness: fc.constantFrom(0, 1.5),
  ahead: fc.integer({ min: 1, max: 6 }),
  aheadDecay: fc.constantFrom(0, 0.5, 1),
});

test.each([items, 70_000])('votes as the definition says, with %i items', (size) => {
  const runs = size === items ? 200 : 5;
  fc.assert(
    fc.property(sessionsArbitrary, rulesArbitrary, sessionsArbitrary, (past, rules, asked) => {
      const voting = createVoting(rowsOf(past, size), rules);
      for (const clicks of asked) {
        voting.clear();
        voting.cast(Int32Array.from(clicks), clicks.length);
        const expected = votesByDefinition(past, rules, clicks);
        for (const [code, votes] of expected.entries())
          expect(voting.votes[code]).toBeCloseTo(votes, 9);
        const voted = [...voting.voted.subarray(0, voting.count())].sort();
        expect(voted).toEqual([...expected.keys()].filter((code) => expected[code] > 0));
      }
    }),
    { numRuns: runs },
  );
});

function rowsOf(past: number[][], size: number): PastSessions {
  const offsets = new Uint32Array(past.length + 1);
  for (const [s, clicks] of past.entries()) offsets[s + 1] = offsets[s] + clicks.length;
  return { offsets, codes: Uint32Array.from(past.flat()), items: size };
}

/** The votes after `clicks`, newest first, one neighbour after the other. */
function votesByDefinition(past: number[][], rules: VotingRules, clicks: number[]): number[] {
  const votes = new Array<number>(items).fill(0);
  let left = rules.neighbours;
  for (const [anchor, item] of clicks.slice(0, rules.window).entries()) {
    if (clicks.indexOf(item) < anchor) continue;
    const before = clicks.slice(anchor + 1, anchor + 1 + rules.window);
    for (const [session, at] of occurrencesOf(past, item).slice(0, left)) {
      left -= 1;
      const earlier = session.slice(Math.max(0, at - rules.window), at).reverse();
      let similarity = 0;
      for (const [back, code] of earlier.entries())
        if (before.includes(code))
          similarity += rules.positionDecay ** before.indexOf(code) * rules.positionDecay ** back;
      const step = Math.trunc(Math.min(similarity, 3) * 64) / 64;
      const weight = 0.05 ** anchor * Math.exp(rules.sharpness * step);
      for (const [ahead, code] of session.slice(at + 1, at + 1 + rules.ahead).entries())
        votes[code] += weight * rules.aheadDecay ** ahead;
    }
  }
  return votes;
}

/** Clicks on an item that have a successor, latest first. */
function occurrencesOf(past: number[][], item: number): [number[], number][] {
  return past
    .flatMap((session) => session.map((_, at): [number[], number] => [session, at]))
    .filter(([session, at]) => session[at] === item && at + 1 < session.length)
    .reverse();
}
