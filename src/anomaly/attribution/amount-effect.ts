/** What is known of all leaves. */
export interface AmountLeaves {
  readonly differences: Float64Array;
  readonly expected: Float64Array;
  /** Scale of the noise of quiet leaves. */
  readonly noise: number;
}

/** A ratio common to leaves, as the relative difference it makes. */
interface CommonDifference {
  readonly centre: number;
  readonly spread: number;
  /** Leaves that follow it. */
  readonly followers: number;
}

/** Tighter causes are not believed: small leaves are rounded to the same few ratios. */
const leastSpread = 0.02;
const bins = 512;
const weights = new Float64Array(bins);

/**
 * Centre and spread of the differences of most of the first `size` of `leaves`, weighted by the root of their size: the
 * weighted median from a histogram, then three rounds of mean and spread of what lies within three spreads. One leaf's
 * worth of `noise` is added, so that few leaves are not believed to agree. O(size).
 */
export function fitCommonDifference(
  { differences, expected, noise }: AmountLeaves,
  leaves: Uint32Array,
  size: number,
): CommonDifference {
  let { centre, spread } = medianDifference({ differences, expected, noise }, leaves, size);
  let followers = 1;
  for (let round = 0; round < 3; round++) {
    let mass = 0;
    let sum = 0;
    let squares = 0;
    let near = 0;
    const limit = 3 * spread;
    for (let i = 0; i < size; i++) {
      const off = differences[leaves[i]] - centre;
      if (!(off <= limit && off >= -limit)) continue;
      const weight = Math.sqrt(expected[leaves[i]]) + 1e-9;
      mass += weight;
      sum += weight * off;
      squares += weight * off * off;
      near += 1;
    }
    if (near === 0) break;
    followers = near;
    const shift = sum / mass;
    centre += shift;
    const variance = Math.max(0, squares / mass - shift * shift);
    spread = Math.max(leastSpread, Math.sqrt((variance * near + noise ** 2) / near));
  }
  return { centre: Math.max(-2, Math.min(2, centre)), spread, followers };
}

/** Weighted median and median absolute deviation, to a bin. */
function medianDifference(
  { differences, expected }: AmountLeaves,
  leaves: Uint32Array,
  size: number,
) {
  weights.fill(0);
  let total = 0;
  for (let i = 0; i < size; i++) {
    const d = differences[leaves[i]];
    if (Number.isNaN(d)) continue;
    const weight = Math.sqrt(expected[leaves[i]]) + 1e-9;
    weights[Math.min(bins - 1, ((d + 2) * (bins / 4)) | 0)] += weight;
    total += weight;
  }
  let bin = 0;
  for (let below = weights[0]; below < total / 2 && bin < bins - 1; ) below += weights[++bin];
  let reach = 0;
  for (let within = weights[bin]; within < total / 2 && reach < bins; ) {
    reach += 1;
    within += (weights[bin - reach] ?? 0) + (weights[bin + reach] ?? 0);
  }
  const centre = ((bin + 0.5) * 4) / bins - 2;
  const spread = Math.max(0.01, 1.4826 * (reach + 0.5) * (4 / bins));
  return { centre, spread };
}
