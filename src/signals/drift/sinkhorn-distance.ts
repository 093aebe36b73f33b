import type { Points } from '../../math/points.ts';
import { sinkhornDivergence } from '../../math/sinkhorn.ts';
import type { EmbeddingSpace } from './embedding-space.ts';
import type { WindowDistance } from './window-distance.ts';

/** How the Sinkhorn divergence is worked out. */
export interface SinkhornDistanceOptions {
  /** Regularisation, in the unit of the distances between items. */
  readonly epsilon?: number;
  readonly maxIterations?: number;
  /** Greatest marginal error that counts as converged. */
  readonly tolerance?: number;
  /** Points that stand for either side. */
  readonly points?: number;
}

/**
 * Sinkhorn divergence (Genevay, Peyré & Cuturi 2018) between item vectors in the space of the reference. Sees the
 * whole joint distribution, and costs iterations · points² a window: both sides are thinned evenly to `points`.
 */
export function createSinkhornDistance(
  {
    space,
    references,
  }: {
    readonly space: EmbeddingSpace;
    readonly references: readonly Int32Array[];
  },
  {
    epsilon = 0.1,
    maxIterations = 200,
    tolerance = 1e-3,
    points = 24,
  }: SinkhornDistanceOptions = {},
): WindowDistance {
  const pointsOf = (items: Int32Array): Points => {
    const count = Math.min(points, items.length);
    const dimensions = space.components;
    const values = new Float64Array(count * dimensions);
    for (let i = 0; i < count; i++) {
      const item = items[Math.floor((i * items.length) / count)];
      space.project(item, values.subarray(i * dimensions, (i + 1) * dimensions));
    }
    return { values, count, dimensions };
  };
  let unconverged = 0;
  const clouds = references.map(pointsOf);
  return {
    name: 'sinkhorn',
    judges: () => true,
    measure(items, sources, out) {
      const window = pointsOf(items);
      let iterations = 0;
      for (const [s, source] of sources.entries()) {
        const found = sinkhornDivergence(clouds[source], window, {
          epsilon,
          maxIterations,
          tolerance,
        });
        out[s] = Math.max(0, found.divergence);
        iterations += 3 * found.cross.iterations;
        if (!found.converged) unconverged += 1;
      }
      return 20 * iterations * points * points;
    },
    leastScale: () => 0,
    forgetItems: () => {},
    get unconverged() {
      return unconverged;
    },
  };
}
