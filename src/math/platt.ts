/** Turns logits into probabilities: 1 / (1 + e^-(slope · logit + offset)). */
export interface Platt {
  /** Above 0, so that the order of logits stays. */
  readonly slope: number;
  readonly offset: number;
}

const maxSteps = 50;

/**
 * Fits Platt's scaling (Platt 1999) by Newton's method with step halving (Lin, Lin & Weng 2007). Targets are
 * (P + 1) / (P + 2) and 1 / (N + 2) instead of 1 and 0, so that few rows do not promise certainty. Answers the identity
 * where only one class occurs, or where greater logits do not go with more positives. Throws RangeError for a logit
 * that is not finite. O(steps · n).
 *
 * @example fitPlatt(Float32Array.of(0, 0, 0), Uint8Array.of(1, 0, 0)).slope // 1: nothing to tell apart
 */
export function fitPlatt(logits: Float32Array | Float64Array, positive: Uint8Array): Platt {
  if (!logits.every(Number.isFinite)) throw new RangeError('logit is not finite, expected numbers');
  const positives = positive.reduce((sum, y) => sum + y, 0);
  const negatives = logits.length - positives;
  if (positives === 0 || negatives === 0) return identity;
  const targets = [1 / (negatives + 2), (positives + 1) / (positives + 2)];
  let best = { ...identity, ...derivatives(logits, positive, { ...identity, targets }) };
  for (let step = 0; step < maxSteps; step++) {
    const { slopeBySlope: a, mixed: b, offsetByOffset: d, slopeStep: g, offsetStep: h } = best;
    const determinant = a * d - b * b;
    const [bySlope, byOffset] = [(d * g - b * h) / determinant, (a * h - b * g) / determinant];
    const next = halve(best, bySlope, byOffset, (platt) =>
      derivatives(logits, positive, { ...platt, targets }),
    );
    if (next === undefined) break;
    best = next;
  }
  const { slope, offset } = best;
  return slope > 0 && Number.isFinite(slope + offset) ? { slope, offset } : identity;
}

const identity: Platt = { slope: 1, offset: 0 };

interface Derivatives {
  readonly loss: number;
  readonly slopeStep: number;
  readonly offsetStep: number;
  readonly slopeBySlope: number;
  readonly mixed: number;
  readonly offsetByOffset: number;
}

/** Log loss and its derivatives; a little ridge keeps equal logits from having none. */
function derivatives(
  logits: Float32Array | Float64Array,
  positive: Uint8Array,
  { slope, offset, targets }: Platt & { readonly targets: readonly number[] },
): Derivatives {
  const ridge = 1e-9 * logits.length;
  let loss = 0;
  let [slopeStep, offsetStep] = [0, 0];
  let [slopeBySlope, mixed, offsetByOffset] = [ridge, 0, ridge];
  for (let i = 0; i < logits.length; i++) {
    const x = logits[i];
    const z = slope * x + offset;
    const t = targets[positive[i]];
    loss += Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - t * z;
    const p = 1 / (1 + Math.exp(-z));
    const weight = p * (1 - p);
    slopeStep += (t - p) * x;
    offsetStep += t - p;
    slopeBySlope += weight * x * x;
    mixed += weight * x;
    offsetByOffset += weight;
  }
  return { loss, slopeStep, offsetStep, slopeBySlope, mixed, offsetByOffset };
}

/** The first of the step, its half, its quarter and so on that lowers the loss; undefined when none does. */
function halve(
  from: Platt & Derivatives,
  bySlope: number,
  byOffset: number,
  measure: (platt: Platt) => Derivatives,
): (Platt & Derivatives) | undefined {
  for (let size = 1; size > 1e-6; size /= 2) {
    const platt = { slope: from.slope + size * bySlope, offset: from.offset + size * byOffset };
    const measured = measure(platt);
    if (measured.loss < from.loss - 1e-9) return { ...platt, ...measured };
  }
  return undefined;
}
