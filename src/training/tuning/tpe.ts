import { haltonPoint } from '../../math/halton.ts';
import { createParzen } from '../../math/parzen.ts';
import { createRng, hash32, type Rng } from '../../math/rng.ts';
import { axesOf, type OptionAxis, type TrialSpace, type TrialValues } from './axes.ts';

/** A trial as far as proposals go. */
export interface Observation {
  readonly values: TrialValues;
  /** Greater is better; absent where the trial is under way or failed. */
  readonly score?: number | undefined;
}

/** How proposals are made. */
export interface TpeOptions {
  readonly seed?: number;
  /** Trials spread evenly over the space before anything is concluded. */
  readonly startUpTrials?: number;
  /** Points drawn for each proposal. */
  readonly candidates?: number;
  /** Share of the trials that count as good. */
  readonly gamma?: number;
}

/** Random points looked at before a space counts as used up. */
const lastTries = 200;

/**
 * Tree-structured Parzen estimator (Bergstra et al. 2011): the values to try next, by where the good trials are (density
 * l) and where the others are (g): of some points drawn from l the one with the greatest l / g, which is the one with
 * the greatest expected improvement. Both densities are over all options together (Falkner et al. 2018), so that options
 * that go with each other are found. Trials under way count among the others, as do failed ones: trials at the same
 * time do not try the same (the constant liar of Ginsbourger et al. 2010). Undefined where all values were tried.
 *
 * The proposal depends on space, observations, their order and the seed alone. O(candidates · observations · options).
 *
 * @example proposeTrial({ lambda: { scale: 'log', min: 1, max: 100 } }, []) // { lambda: 1.021 }
 */
export function proposeTrial(
  space: TrialSpace,
  observations: readonly Observation[],
  { seed = 1, startUpTrials = 10, candidates = 24, gamma = 0.15 }: TpeOptions = {},
): TrialValues | undefined {
  const axes = axesOf(space);
  const tried = new Set(observations.map(({ values }) => keyOf(axes, values)));
  const rng = createRng(hash32(seed) ^ hash32(observations.length + 1));
  const scored = observations.filter(({ score }) => score !== undefined);
  const isNew = (point: readonly number[]) => !tried.has(keyOf(axes, valuesAt(axes, point)));
  if (scored.length < Math.min(startUpTrials, 2) || observations.length < startUpTrials) {
    const point = spreadPoint(axes, observations.length, seed, rng);
    return isNew(point) ? valuesAt(axes, point) : anyNew(axes, isNew, rng);
  }
  const best = [...scored]
    .sort((a, b) => b.score! - a.score!)
    .slice(0, Math.ceil(gamma * scored.length));
  const good = estimate(axes, best);
  const others = estimate(
    axes,
    observations.filter((one) => !best.includes(one)),
  );
  const drawn = Array.from({ length: candidates }, () => good.sample(rng)).filter(isNew);
  const gains = drawn.map((point) => good.logDensity(point) - others.logDensity(point));
  const winner = drawn[gains.indexOf(Math.max(...gains))];
  return winner === undefined ? anyNew(axes, isNew, rng) : valuesAt(axes, winner);
}

function estimate(axes: readonly OptionAxis[], observations: readonly Observation[]) {
  return createParzen(
    observations.map(({ values }) => axes.map(({ name, encode }) => encode(values[name]))),
    axes.map(({ axis }) => axis),
  );
}

function spreadPoint(axes: readonly OptionAxis[], index: number, seed: number, rng: Rng): number[] {
  const shiftRng = createRng(seed);
  const shifts = axes.map(() => shiftRng.unit());
  return haltonPoint(index + 1, shifts, rng).map((unit, d) => axes[d].fromUnit(unit));
}

function anyNew(
  axes: readonly OptionAxis[],
  isNew: (point: readonly number[]) => boolean,
  rng: Rng,
): TrialValues | undefined {
  for (let tries = 0; tries < lastTries; tries++) {
    const point = axes.map(({ fromUnit }) => fromUnit(rng.unit()));
    if (isNew(point)) return valuesAt(axes, point);
  }
  return undefined;
}

function valuesAt(axes: readonly OptionAxis[], point: readonly number[]): TrialValues {
  return Object.fromEntries(axes.map(({ name, decode }, d) => [name, decode(point[d])]));
}

function keyOf(axes: readonly OptionAxis[], values: TrialValues): string {
  return JSON.stringify(axes.map(({ name }) => values[name]));
}
