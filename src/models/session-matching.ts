import { selectRows } from '../math/top-rows.ts';
import type { PastSessions, Voting } from './session-voting.ts';

/** How past sessions are matched and vote; see the options of `session-knn`. */
export interface MatchingRules {
  readonly neighbours: number;
  readonly window: number;
  readonly matchDecay: number;
  readonly distanceDecay: number;
  readonly rarity: number;
  readonly oldestWeight: number;
}

/**
 * Makes the index of past sessions for matching whole sessions. Each of the last clicks brings the most recent sessions
 * with its item; a session is similar by the clicks in common, newer and rarer ones count more, and the more so the
 * more recent it is. The most similar ones vote for all their items, near the newest common click most.
 * A cast is O(neighbours · (window + clicks of a session)) and allocates nothing.
 */
export function createMatching(sessions: PastSessions, rules: MatchingRules): Voting {
  const { items, offsets, codes } = sessions;
  const { neighbours, window } = rules;
  const count = offsets.length - 1;
  const index = recentSessions(sessions, neighbours);
  const rarities = raritiesOf(sessions);
  const factors = Float64Array.from(rarities, (rarity) => 1 + rules.rarity * rarity);
  const decays = Float64Array.from({ length: window }, (_, back) => rules.matchDecay ** back);
  const ages = Float64Array.from(
    { length: count },
    (_, s) => rules.oldestWeight ** (1 - (s + 1) / count),
  );
  const distances = Float64Array.from({ length: 64 }, (_, step) => rules.distanceDecay ** step);
  const similarities = new Float64Array(count);
  const candidates = new Int32Array(Math.min(count, window * neighbours));
  const keys = new Float32Array(candidates.length);
  const chosen = new Int32Array(Math.min(candidates.length, neighbours));
  /** By item: one more than how many clicks before the newest it was clicked; 0 for items out of the session. */
  const backs = new Uint8Array(items);
  const votes = new Float64Array(items);
  const voted = new Int32Array(items);
  let listed = 0;

  /** Adds up the similarities to past sessions and lists these. */
  const collect = (clicks: Int32Array, length: number): number => {
    let found = 0;
    for (let back = 0; back < length; back++) {
      const code = clicks[back];
      if (backs[code] !== 0) continue;
      backs[code] = back + 1;
      const weight = decays[back] * rarities[code];
      if (!(weight > 0)) continue;
      for (let at = index.starts[code]; at < index.starts[code + 1]; at++) {
        const session = index.sessions[at];
        if (similarities[session] === 0) candidates[found++] = session;
        similarities[session] += weight * ages[session];
      }
    }
    return found;
  };
  /** Where a session has the newest click that it shares with the one asked about, the last time. */
  const matchIn = (start: number, end: number): number => {
    let place = -1;
    let newest = 256;
    for (let at = start; at < end; at++) {
      const back = backs[codes[at]];
      if (back === 0 || back > newest) continue;
      newest = back;
      place = at;
    }
    return place;
  };
  const vote = (session: number, weight: number): void => {
    const [start, end] = [offsets[session], offsets[session + 1]];
    const match = matchIn(start, end);
    for (let at = start; at < end; at++) {
      const code = codes[at];
      const distance = Math.min(Math.abs(at - match), distances.length - 1);
      const worth = weight * distances[distance] * factors[code];
      if (!(worth > 0)) continue;
      if (votes[code] === 0) voted[listed++] = code;
      votes[code] += worth;
    }
  };
  return {
    votes,
    voted,
    count: () => listed,
    cast(clicks, length) {
      const asked = Math.min(length, window);
      const found = collect(clicks, asked);
      for (let i = 0; i < found; i++) keys[i] = similarities[candidates[i]];
      const kept = selectRows(keys, found, neighbours, chosen);
      for (let i = 0; i < kept; i++) {
        const session = candidates[chosen[i]];
        vote(session, similarities[session]);
      }
      for (let i = 0; i < found; i++) similarities[candidates[i]] = 0;
      for (let back = 0; back < asked; back++) backs[clicks[back]] = 0;
    },
    clear() {
      for (let i = 0; i < listed; i++) votes[voted[i]] = 0;
      listed = 0;
    },
  };
}

/** Of each item, ln(sessions / sessions with it) / ln(sessions): 0 where all have it, 1 where one has. */
function raritiesOf({ offsets, codes, items }: PastSessions): Float64Array {
  const counts = new Uint32Array(items);
  const lastIn = new Int32Array(items).fill(-1);
  const sessions = offsets.length - 1;
  for (let session = 0; session < sessions; session++)
    for (let at = offsets[session]; at < offsets[session + 1]; at++) {
      if (lastIn[codes[at]] === session) continue;
      lastIn[codes[at]] = session;
      counts[codes[at]] += 1;
    }
  // An item that all sessions have still finds neighbours, and one more keeps it off 0.
  return Float64Array.from(
    counts,
    (count) => Math.log((sessions + 1) / Math.max(1, count)) / Math.log(sessions + 1),
  );
}

/** For each item the latest `limit` sessions with it, latest first. */
function recentSessions(
  { offsets, codes, items }: PastSessions,
  limit: number,
): { starts: Uint32Array; sessions: Int32Array } {
  const fill = (take: (code: number, session: number) => void): void => {
    const lastIn = new Int32Array(items).fill(-1);
    const taken = new Uint32Array(items);
    for (let session = offsets.length - 2; session >= 0; session--)
      for (let at = offsets[session]; at < offsets[session + 1]; at++) {
        const code = codes[at];
        if (lastIn[code] === session || taken[code] === limit) continue;
        lastIn[code] = session;
        taken[code] += 1;
        take(code, session);
      }
  };
  const starts = new Uint32Array(items + 1);
  fill((code) => {
    starts[code + 1] += 1;
  });
  for (let code = 0; code < items; code++) starts[code + 1] += starts[code];
  const sessions = new Int32Array(starts[items]);
  const ends = starts.slice(0, items);
  fill((code, session) => {
    sessions[ends[code]++] = session;
  });
  return { starts, sessions };
}
