/** Last bucket ends: an item was last clicked 1, 2, 3, 4, 5 to 6, 7 to 10, 11 to 20, or more clicks ago. */
const bucketEnds = [1, 2, 3, 4, 6, 10, 20];

/** Clicks back that returning is looked at. */
export const returnReach = 50;

/** How many buckets there are. */
export const returnBuckets = bucketEnds.length + 1;

/**
 * The bucket of an item that was last clicked `lag` clicks ago, 1 being the last click.
 *
 * @example returnBucket(5) // 4
 */
export function returnBucket(lag: number): number {
  let bucket = 0;
  while (bucket < bucketEnds.length && lag > bucketEnds[bucket]) bucket += 1;
  return bucket;
}

/** What a model says of the items that had been clicked before in a session, and which of them was clicked next. */
export interface ReturnCases {
  /** Click c has the cases `starts[c]` to `starts[c + 1] - 1`, one for each different item before it. */
  readonly starts: Uint32Array;
  readonly buckets: Uint8Array;
  /** The model's share of the item, out of all items. */
  readonly shares: Float32Array;
  /** 1 where the item is the one that was clicked. */
  readonly returned: Uint8Array;
}

const rounds = 20;
/** Returns that are taken to have happened as the model says, beside those that were seen. */
const priorReturns = 5;

/**
 * Fits what is to be added to the logit of an item seen before in the session, by bucket, so that returns are expected as
 * often as they happen (generalised iterative scaling, Darroch & Ratcliff 1972: the maximum of likelihood). A
 * model that adds up clicks cannot say "not back to where one just was"; this says it. O(cases).
 *
 * @example fitReturns(casesOfWhichNoneReturned) // none above 0
 */
export function fitReturns({ starts, buckets, shares, returned }: ReturnCases): Float32Array {
  const biases = new Float64Array(returnBuckets);
  const seen = new Float64Array(returnBuckets).fill(priorReturns);
  for (let i = 0; i < buckets.length; i++) seen[buckets[i]] += returned[i];
  for (let round = 0; round < rounds; round++) {
    const factors = biases.map(Math.exp);
    const expected = new Float64Array(returnBuckets).fill(priorReturns);
    for (let click = 0; click + 1 < starts.length; click++) {
      let total = 1;
      for (let i = starts[click]; i < starts[click + 1]; i++)
        total += shares[i] * (factors[buckets[i]] - 1);
      for (let i = starts[click]; i < starts[click + 1]; i++)
        expected[buckets[i]] += (shares[i] * factors[buckets[i]]) / total;
    }
    for (let bucket = 0; bucket < returnBuckets; bucket++)
      biases[bucket] += Math.log(seen[bucket] / expected[bucket]);
  }
  return Float32Array.from(biases);
}
