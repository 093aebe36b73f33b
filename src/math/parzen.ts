import { errorFunction } from 'simple-statistics';
import type { Rng } from './rng.ts';

/** One coordinate of points: a place in [0, 1], or the number of a choice. */
export type Axis =
  | {
      /** The nearest place that stands for a value. */
      snap(place: number): number;
      /** What is rounded to a place; absent where every place is a value. */
      readonly cellOf?: (place: number) => readonly [low: number, high: number];
    }
  | { readonly choices: number };

/** A density over points that may be drawn from. */
export interface Parzen {
  /** Up to a constant that depends on the axes alone. */
  logDensity(point: readonly number[]): number;
  sample(rng: Rng): number[];
}

/** Width of a kernel on one point and one axis, as a share of the axis. */
const widestBandwidth = 0.15;
const leastBandwidth = 0.01;

/**
 * Parzen estimate (Parzen 1962) of where points are: the mean of a product kernel on each and of the uniform
 * density. On a place the kernel is a normal cut off at 0 and 1, with the bandwidth of Scott's rule (1992),
 * .15 · points^(-1 / (axes + 4)); whole cells have its mass. On a choice it is that of Aitchison & Aitken (1976). A
 * density or a sample is O(points · axes).
 *
 * @example createParzen([[0.2], [0.3]], [{ snap: (place) => place }]).logDensity([0.25]) // above that of [0.9]
 */
export function createParzen(points: readonly number[][], axes: readonly Axis[]): Parzen {
  const bandwidth = Math.max(
    leastBandwidth,
    widestBandwidth * Math.max(1, points.length) ** (-1 / (axes.length + 4)),
  );
  // What a kernel on a choice gives to all choices alike.
  const spread = 1 / Math.sqrt(points.length + 1);
  const kernel = (axis: Axis, centre: number, at: number): number =>
    'choices' in axis
      ? ((at === centre ? 1 : 0) + spread / axis.choices) / (1 + spread)
      : massAt(axis, centre, { at, bandwidth });
  const uniform = axes.map((axis) => {
    if ('choices' in axis) return () => 1 / axis.choices;
    return (at: number) => {
      const [low, high] = axis.cellOf?.(at) ?? [0, 1];
      return high - low;
    };
  });
  return {
    logDensity(point) {
      let sum = point.reduce((product, at, d) => product * uniform[d](at), 1);
      for (const centre of points)
        sum += point.reduce((product, at, d) => product * kernel(axes[d], centre[d], at), 1);
      return Math.log(sum / (points.length + 1));
    },
    sample(rng) {
      const centre = points[rng.below(points.length + 1)];
      return axes.map((axis, d) => {
        if ('choices' in axis) {
          const stays = centre !== undefined && rng.unit() * (1 + spread) < 1;
          return stays ? centre[d] : rng.below(axis.choices);
        }
        return axis.snap(centre === undefined ? rng.unit() : near(centre[d], bandwidth, rng));
      });
    },
  };
}

/** Density of the cut normal at a place, or its mass in the cell of the place. */
function massAt(
  { cellOf }: Exclude<Axis, { readonly choices: number }>,
  centre: number,
  { at, bandwidth }: { at: number; bandwidth: number },
): number {
  const below = (place: number) =>
    (1 + errorFunction((place - centre) / (bandwidth * Math.SQRT2))) / 2;
  const inside = below(1) - below(0);
  if (cellOf === undefined) {
    const z = (at - centre) / bandwidth;
    return Math.exp(-(z * z) / 2) / (bandwidth * Math.sqrt(2 * Math.PI) * inside);
  }
  const [low, high] = cellOf(at);
  return Math.max(0, below(high) - below(low)) / inside;
}

/** Draws from the normal around a place until it is within 0 to 1 (Box & Muller 1958): twice at the most on average. */
function near(centre: number, bandwidth: number, rng: Rng): number {
  for (;;) {
    const radius = Math.sqrt(-2 * Math.log(1 - rng.unit()));
    const place = centre + bandwidth * radius * Math.cos(2 * Math.PI * rng.unit());
    if (place >= 0 && place <= 1) return place;
  }
}
