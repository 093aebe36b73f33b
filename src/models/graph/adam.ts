import type { Parameter } from './message-layer.ts';

/** Changes parameters against their gradients. */
export interface Optimiser {
  /** One step; gradients are zeros afterwards. Answers the norm of all gradients together, before it was clipped. */
  step(learningRate: number): number;
}

/**
 * Adam (Kingma & Ba 2015, beta .9 and .999), after all gradients together were scaled down to a Euclidean norm of at
 * most `clipNorm` (Pascanu et al. 2013). A gradient that is not finite changes nothing. O(parameters) a step.
 */
export function createAdam(
  parameters: readonly Parameter[],
  { clipNorm, l2 }: { readonly clipNorm: number; readonly l2: number },
): Optimiser {
  const moments = parameters.map(({ value }) => ({
    first: new Float32Array(value.values.length),
    second: new Float32Array(value.values.length),
  }));
  let steps = 0;
  return {
    step(learningRate) {
      for (const { value, gradient } of parameters)
        for (let i = 0; i < value.values.length; i++) gradient.values[i] += l2 * value.values[i];
      const norm = globalNorm(parameters);
      if (Number.isFinite(norm)) {
        steps += 1;
        const scale = norm > clipNorm ? clipNorm / norm : 1;
        const rate = (learningRate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps);
        for (const [i, parameter] of parameters.entries())
          change(parameter, moments[i], { scale, rate });
      }
      for (const { gradient } of parameters) gradient.values.fill(0);
      return norm;
    },
  };
}

function change(
  { value, gradient }: Parameter,
  { first, second }: { readonly first: Float32Array; readonly second: Float32Array },
  { scale, rate }: { readonly scale: number; readonly rate: number },
): void {
  const [values, slopes] = [value.values, gradient.values];
  for (let i = 0; i < values.length; i++) {
    const slope = slopes[i] * scale;
    first[i] += 0.1 * (slope - first[i]);
    second[i] += 0.001 * (slope * slope - second[i]);
    values[i] -= (rate * first[i]) / (Math.sqrt(second[i]) + 1e-8);
  }
}

/** The Euclidean norm of all gradients as one vector. */
export function globalNorm(parameters: readonly Parameter[]): number {
  let sum = 0;
  for (const { gradient } of parameters) for (const slope of gradient.values) sum += slope * slope;
  return Math.sqrt(sum);
}
