/** Buckets of how many clicks ago an item was clicked: 1, 2, 3, 4, 5 to 6, 7 to 10, 11 to 20, more. */
const bucketEnds = [1, 2, 3, 4, 6, 10, 20];

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

/** What a model said of an item that had been clicked before in the session, and whether it was clicked again. */
export interface ReturnCases {
  readonly buckets: Uint8Array;
  /** The model's logit. */
  readonly logits: Float32Array;
  /** Negatives that were expected to be drawn of the item. */
  readonly negatives: Float32Array;
  readonly returned: Uint8Array;
  readonly count: number;
}

/** Newton steps: the likelihood is concave in each bias, and a few are plenty. */
const steps = 6;

/**
 * Fits what is to be added to the logit of an item seen before in the session, by bucket: the maximum of the
 * likelihood of negative sampling, with a weak pull to 0. Models that add up clicks cannot say "not back to where
 * one just was"; this says it. O(cases).
 *
 * @example fitReturns(casesOfWhichNoneReturned) // all below 0
 */
export function fitReturns(cases: ReturnCases): Float32Array {
  const biases = new Float64Array(returnBuckets);
  const slopes = new Float64Array(returnBuckets);
  const curvatures = new Float64Array(returnBuckets);
  for (let step = 0; step < steps; step++) {
    slopes.fill(0);
    curvatures.fill(0);
    for (let i = 0; i < cases.count; i++) {
      const bucket = cases.buckets[i];
      const likely = 1 / (1 + Math.exp(-cases.logits[i] - biases[bucket]));
      slopes[bucket] += cases.returned[i] * (1 - likely) - cases.negatives[i] * likely;
      curvatures[bucket] += (cases.returned[i] + cases.negatives[i]) * likely * (1 - likely);
    }
    for (let bucket = 0; bucket < returnBuckets; bucket++) {
      const change = (slopes[bucket] - biases[bucket]) / (curvatures[bucket] + 1);
      biases[bucket] += Math.max(-1, Math.min(1, change));
    }
  }
  return Float32Array.from(biases);
}
