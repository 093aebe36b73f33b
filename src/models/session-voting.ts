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
  /** Votes by item code, 0 for most. */
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

/**
 * Makes the index of past sessions: for each item its most recent occurrences that have a successor.
 * A cast is O(neighbours · (window + ahead)) and allocates nothing.
 */
export function createVoting(sessions: PastSessions, rules: VotingRules): Voting {
  const { codes, items } = sessions;
  const { neighbours, window, positionDecay, ahead, aheadDecay } = rules;
  const { before, after } = positions(sessions);
  const { starts, occurrences } = recentOccurrences(sessions, after, neighbours);
  const near = powers(positionDecay, window);
  const further = powers(aheadDecay, ahead);
  const voteOf = Float64Array.from({ length: similarityCap * voteSteps + 1 }, (_, step) =>
    Math.exp((rules.sharpness * step) / voteSteps),
  );
  const context = new Float64Array(items);
  const votes = new Float64Array(items);
  const voted = new Int32Array(items);
  let count = 0;

  const similarity = (at: number): number => {
    let sum = 0;
    const reach = Math.min(window, before[at]);
    for (let back = 1; back <= reach; back++) sum += context[codes[at - back]] * near[back - 1];
    return Math.min(sum, similarityCap);
  };
  const vote = (at: number, factor: number): void => {
    const weight = factor * voteOf[Math.trunc(similarity(at) * voteSteps)];
    const reach = Math.min(ahead, after[at]);
    for (let step = 1; step <= reach; step++) {
      const gain = weight * further[step - 1];
      // A code whose votes stayed 0 would be listed twice.
      if (gain === 0) return;
      const code = codes[at + step];
      if (votes[code] === 0) voted[count++] = code;
      votes[code] += gain;
    }
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
        const factor = anchorDecay ** anchor;
        for (let at = start; at < end; at++) vote(occurrences[at], factor);
        left -= end - start;
        setContext(clicks, length, anchor, false);
      }
    },
    clear() {
      for (let i = 0; i < count; i++) votes[voted[i]] = 0;
      count = 0;
    },
  };
}

function powers(base: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, exponent) => base ** exponent);
}

/** How many clicks of its session stand before and after each click, 255 at most. */
function positions({ offsets, codes }: PastSessions): { before: Uint8Array; after: Uint8Array } {
  const before = new Uint8Array(codes.length);
  const after = new Uint8Array(codes.length);
  for (let session = 0; session + 1 < offsets.length; session++) {
    const [start, end] = [offsets[session], offsets[session + 1]];
    for (let at = start; at < end; at++) {
      before[at] = Math.min(255, at - start);
      after[at] = Math.min(255, end - 1 - at);
    }
  }
  return { before, after };
}

/** For each item the latest `limit` clicks on it that have a successor, latest first. */
function recentOccurrences(
  { codes, items }: PastSessions,
  after: Uint8Array,
  limit: number,
): { starts: Uint32Array; occurrences: Uint32Array } {
  const counts = new Uint32Array(items);
  for (let at = 0; at < codes.length; at++)
    if (after[at] > 0 && counts[codes[at]] < limit) counts[codes[at]] += 1;
  const starts = new Uint32Array(items + 1);
  for (let code = 0; code < items; code++) starts[code + 1] = starts[code] + counts[code];
  const occurrences = new Uint32Array(starts[items]);
  const ends = starts.slice(0, items);
  for (let at = codes.length - 1; at >= 0; at--) {
    const code = codes[at];
    if (after[at] > 0 && ends[code] < starts[code + 1]) occurrences[ends[code]++] = at;
  }
  return { starts, occurrences };
}
