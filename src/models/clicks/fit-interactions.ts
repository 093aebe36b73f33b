import { createRng } from '../../math/rng.ts';
import type { FitTools, Interactions, Progress } from '../model.ts';
import { pickExamples } from './click-examples.ts';
import { createClickFeatures } from './click-features.ts';
import { writeClickPayload } from './click-payload.ts';
import type { DeepOptions } from './click-schema.ts';
import { fitClicks } from './click-training.ts';
import { startWeights } from './click-weights.ts';
import { type InteractionExamples, interactionExamples } from './interaction-examples.ts';

/**
 * Learns clicks of interactions and writes the payload. Where all examples are of one class, as with a single item,
 * there is nothing to tell apart, and the model has no opinion; that is told as progress. Throws `SL_TRAINING_FAILED`
 * when training runs away.
 */
export function fitInteractions(
  interactions: Interactions,
  options: DeepOptions,
  progress: Progress,
  tools?: FitTools,
): Uint8Array {
  const { dimensions, hidden, window, scan } = options;
  const features = createClickFeatures(interactions);
  const made = interactionExamples(interactions, features, options);
  const { clicked } = made.examples;
  const { fields, fieldOf } = features;
  if (!(clicked.includes(0) && clicked.includes(1))) {
    progress(1, `${clicked.length} examples of one class: nothing to tell apart`);
    const nothing = createClickFeatures({ ...noInteractions, users: [] });
    const shape = { ...nothing, dimensions, hidden };
    const weights = startWeights(shape, options.seed);
    const corrections = new Float32Array(0);
    return writeClickPayload({ features: nothing, weights, corrections, window, scan });
  }
  const { train, validation } = holdOut(made, options);
  const weights = fitClicks({ fields, fieldOf, train, validation }, options, progress, tools);
  return writeClickPayload({ features, weights, corrections: made.corrections, window, scan });
}

const noInteractions: Interactions = {
  items: [],
  offsets: Uint32Array.of(0),
  codes: new Uint32Array(0),
  atMs: new Float64Array(0),
};

/** Puts a share of the groups aside, drawn evenly; none when what is left could not be learnt from. */
function holdOut(
  { examples, groups }: InteractionExamples,
  { holdout, seed }: Pick<DeepOptions, 'holdout' | 'seed'>,
) {
  const rng = createRng(seed + 2);
  const isHeld: boolean[] = [];
  const [kept, held]: [number[], number[]] = [[], []];
  for (let e = 0; e < groups.length; e++) {
    isHeld[groups[e]] ??= rng.unit() < holdout;
    (isHeld[groups[e]] ? held : kept).push(e);
  }
  const train = pickExamples(examples, kept);
  const validation = pickExamples(examples, held);
  const hasBoth = ({ clicked }: typeof train) => clicked.includes(0) && clicked.includes(1);
  if (!hasBoth(train)) return { train: examples };
  return hasBoth(validation) ? { train, validation } : { train };
}
