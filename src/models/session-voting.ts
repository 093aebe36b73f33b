/** Past sessions: session s has the clicks `codes[offsets[s]]` to `codes[offsets[s + 1] - 1]`, oldest session first. */
export interface PastSessions {
  readonly offsets: Uint32Array;
  readonly codes: Uint32Array;
  /** Items there are: codes are below it. */
  readonly items: number;
}

/** How neighbours are found and vote; see the options of `session-knn`. */
export interface VotingRules {
  readonly neighbours: number;
  readonly window: number;
  readonly positionDecay: number;
  readonly sharpness: number;
  readonly ahead: number;
  readonly aheadDecay: number;
}

/** The votes for one session; `clear` comes before those for the next. */
export interface Voting {
  /** Votes by item code, 0 for most; the place after the last code is of no meaning. */
  readonly votes: Float64Array;
  /** Codes with votes; the first `count()` are in use. */
  readonly voted: Int32Array;
  count(): number;
  /** Lets the past occurrences of the first `length` of `clicks`, newest first, vote. */
  cast(clicks: Int32Array, length: number): void;
  clear(): void;
}

/** A similarity above this counts as this: the neighbour is a near copy of the session already. */
const similarityCap = 3;

/**
 * Factor of the votes of occurrences of each click further back: they only join in where the last click is rare, and
 * what follows them at once is mostly not what follows now.
 */
const anchorDecay = 0.05;

/** Steps of the table of e^(sharpness · similarity). */
const voteSteps = 64;

/** Clicks that are compared in one step of the loop; the window is filled up to a multiple with clicks of no weight. */
const unrolled = 4;

/**
 * Makes the index of past sessions: for each item its most recent occurrences that have a successor.
 * A cast is O(neighbours · (window + ahead)) and allocates nothing.
 */
export function createVoting(sessions: PastSessions, rules: VotingRules): Voting {
  const { items } = sessions;
  const { neighbours, window, positionDecay, aheadDecay } = rules;
  // What has no weight gets no vote and is not listed.
  const ahead = aheadDecay === 0 ? 1 : rules.ahead;
  const compared = Math.ceil(window / unrolled) * unrolled;
  const codes = separate(sessions, Math.max(compared, ahead));
  const { starts, occurrences } = recentOccurrences(codes, items, neighbours);
  const near = new Float64Array(compared);
  near.set(powers(positionDecay, window));
  const further = powers(aheadDecay, ahead);
  // A similarity is at most the window, where nothing decays; a step more for what rounding adds.
  const voteOf = Float64Array.from({ length: window * voteSteps + 2 }, (_, step) =>
    Math.exp((rules.sharpness * Math.min(step, similarityCap * voteSteps)) / voteSteps),
  );
  // The code `items` is the gap between two sessions: it is like nothing, and its votes are never listed.
  const context = new Float64Array(items + 1);
  const votes = new Float64Array(items + 1);
  const unlisted = new Uint8Array(items + 1).fill(1, 0, items);
  const voted = new Int32Array(items + 1);
  let count = 0;

  /** Each neighbour takes the same steps, and no branch depends on its clicks: mispredictions would cost most. */
  const vote = (from: number, to: number, factor: number, steps: number): void => {
    let listed = count;
    for (let neighbour = from; neighbour < to; neighbour++) {
      const at = occurrences[neighbour];
      let sum = 0;
      for (let back = 0; back < steps; back += unrolled) {
        const last = at - back;
        sum += context[codes[last - 1]] * near[back];
        sum += context[codes[last - 2]] * near[back + 1];
        sum += context[codes[last - 3]] * near[back + 2];
        sum += context[codes[last - 4]] * near[back + 3];
      }
      const weight = factor * voteOf[(sum * voteSteps) | 0];
      for (let step = 0; step < ahead; step++) {
        const code = codes[at + step + 1];
        votes[code] += weight * further[step];
        voted[listed] = code;
        listed += unlisted[code];
        unlisted[code] = 0;
      }
    }
    count = listed;
  };
  /** Puts the clicks before the anchor into the context, the most recent of equal ones, or takes them out. */
  const setContext = (clicks: Int32Array, length: number, anchor: number, on: boolean): void => {
    const end = Math.min(length, anchor + 1 + window);
    for (let i = end - 1; i > anchor; i--) context[clicks[i]] = on ? near[i - anchor - 1] : 0;
  };
  return {
    votes,
    voted,
    count: () => count,
    cast(clicks, length) {
      let left = neighbours;
      for (let anchor = 0; anchor < length && anchor < window && left > 0; anchor++) {
        if (clicks.indexOf(clicks[anchor]) < anchor) continue;
        setContext(clicks, length, anchor, true);
        const start = starts[clicks[anchor]];
        const end = Math.min(starts[clicks[anchor] + 1], start + left);
        // With nothing before the anchor there is nothing to compare.
        vote(start, end, anchorDecay ** anchor, anchor + 1 < length ? compared : 0);
        left -= end - start;
        setContext(clicks, length, anchor, false);
      }
    },
    clear() {
      for (let i = 0; i < count; i++) {
        votes[voted[i]] = 0;
        unlisted[voted[i]] = 1;
      }
      count = 0;
    },
  };
}

function powers(base: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, exponent) => base ** exponent);
}

/** The clicks with `gap` times the code `items` before each session and after the last one. */
function separate({ offsets, codes, items }: PastSessions, gap: number): Uint16Array | Int32Array {
  const sessions = offsets.length - 1;
  const length = codes.length + gap * (sessions + 1);
  // Half the bytes, where they do, are twice the neighbours in the cache.
  const separated = items <= 0xffff ? new Uint16Array(length) : new Int32Array(length);
  separated.fill(items);
  for (let session = 0; session < sessions; session++) {
    const shift = gap * (session + 1);
    for (let at = offsets[session]; at < offsets[session + 1]; at++)
      separated[at + shift] = codes[at];
  }
  return separated;
}

/** For each item the latest `limit` clicks on it that have a successor, latest first. */
function recentOccurrences(
  codes: Uint16Array | Int32Array,
  items: number,
  limit: number,
): { starts: Uint32Array; occurrences: Int32Array } {
  const counts = new Uint32Array(items);
  const counted = (at: number): boolean => codes[at] < items && codes[at + 1] < items;
  for (let at = 0; at < codes.length - 1; at++)
    if (counted(at) && counts[codes[at]] < limit) counts[codes[at]] += 1;
  const starts = new Uint32Array(items + 1);
  for (let code = 0; code < items; code++) starts[code + 1] = starts[code] + counts[code];
  const occurrences = new Int32Array(starts[items]);
  const ends = starts.slice(0, items);
  for (let at = codes.length - 2; at >= 0; at--) {
    const code = codes[at];
    if (counted(at) && ends[code] < starts[code + 1]) occurrences[ends[code]++] = at;
  }
  return { starts, occurrences };
}
