import { experimentSchema } from '../../src/experiments/experiment.ts';
import type { SplitMeasurements } from '../../src/experiments/split-decision.ts';
import { outcomeDrift } from '../../src/math/divergence.ts';

/** An experiment on `home` out of its configuration, with the defaults for what is left out. */
export const optionsOf = (options: Record<string, unknown> = {}) =>
  experimentSchema.parse({ work: 'home', treatment: { work: 'home-new' }, ...options });

/** Outcomes of `samples` exposures, of which a share was clicked. */
const clicked = (share: number, samples: number) => [samples * (1 - share), 0, samples * share, 0];

/** Measurements of arms that differ by a drift, .05 to .95, from a split of `keys` exactly as planned. */
export function measured(options: {
  readonly drift: number;
  readonly share: number;
  readonly samples?: number;
  readonly keys?: number;
}): SplitMeasurements {
  const { drift, share, samples = 1000, keys = 10_000 } = options;
  return {
    control: clicked(0, samples),
    treatment: clicked(clickShareAt(drift), samples),
    assigned: { control: keys * (1 - share), treatment: keys * share },
  };
}

/** The share of clicks that differs by `drift` from an arm without any, by bisection. */
function clickShareAt(drift: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (outcomeDrift(clicked(0, 1), clicked(middle, 1)) < drift) low = middle;
    else high = middle;
  }
  return drift > 0.05 ? high : 0;
}
