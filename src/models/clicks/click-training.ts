import { SightlineError } from '../../domain/errors.ts';
import { auc } from '../../math/auc.ts';
import { type Crew, createCrew } from '../../math/kernels/crew/crew.ts';
import { gemmScratchBytes } from '../../math/kernels/crew/kernel-calls.ts';
import { fitPlatt } from '../../math/platt.ts';
import { createRng, hash32 } from '../../math/rng.ts';
import type { FitTools, Progress } from '../model.ts';
import { backwardBytes, createClickBackward, mostFeatures } from './click-backward.ts';
import {
  type ClickExamples,
  type ClickFields,
  checkColumns,
  checkExamples,
} from './click-examples.ts';
import { createClickForward, examplesBytes, forwardBytes, loadExamples } from './click-forward.ts';
import { createBatchLogits } from './click-prediction.ts';
import { type ClickShape, type ClickWeights, startWeights } from './click-weights.ts';

/** How clicks are learnt. */
export interface ClickTraining {
  /** Numbers of an embedding, a multiple of 4. */
  readonly dimensions: number;
  /** Units of each hidden layer, multiples of 8; none is a factorisation machine. */
  readonly hidden: readonly number[];
  /** Passes at most. */
  readonly epochs: number;
  /** Passes without a better hold-out before it ends. */
  readonly patience: number;
  /** Examples of a step at most; a fiftieth of all where that is less, but 64. */
  readonly batchRows: number;
  /** Of Adam at the start; a fifth after each pass that made the hold-out no better. */
  readonly learningRate: number;
  /** Weight of half the squared embedding, for each occurrence. */
  readonly decay: number;
  /** Share of hidden units that a step leaves out. */
  readonly dropout: number;
  readonly seed: number;
}

/** What clicks are learnt from. */
export interface ClickTask extends ClickFields {
  readonly train: ClickExamples;
  /** Decides when to stop, which weights are kept, and how they are calibrated; absent is the last ones as they are. */
  readonly validation?: ClickExamples | undefined;
}

/** The weights as they grow. */
interface Trainer {
  /** Learns from all training examples once, in a new random order; answers their mean log loss. */
  pass(learningRate: number): number;
  /** Writes the logit of each hold-out example. */
  judge(logits: Float32Array): void;
  weights(): ClickWeights;
}

/**
 * Learns a factorisation machine (Rendle 2010), or DeepFM (Guo et al. 2017) where there are hidden layers, by Adam
 * (Kingma & Ba 2015) on log loss; embeddings take a step only where their feature occurs. Stops when the AUC of the
 * hold-out does not rise for `patience` passes, keeps the best weights, and calibrates them there by Platt's method.
 * The weights do not depend on the number of threads. Throws `SL_TRAINING_FAILED` for examples that cannot be learnt
 * from and when training runs away. O(epochs · (features · dimensions + examples · weights of the network)).
 */
export function fitClicks(
  task: ClickTask,
  options: ClickTraining,
  progress: Progress,
  { threads }: FitTools = { threads: 1 },
): ClickWeights {
  const { train, validation, fields, fieldOf } = task;
  checkExamples(train, fieldOf.length);
  if (validation !== undefined) checkColumns(validation, fieldOf.length);
  const shape = { fields, fieldOf, dimensions: options.dimensions, hidden: options.hidden };
  const crew = createCrew({
    bytes: trainingBytes(shape, task, options),
    threads,
    scratchBytes: gemmScratchBytes,
  });
  try {
    const trainer = createTrainer(crew, { shape, train, validation, options });
    return runEpochs(trainer, validation?.clicked, { options, progress });
  } finally {
    crew.close();
  }
}

/** Bytes of working memory that `fitClicks` takes. */
export function trainingBytes(
  shape: ClickShape,
  { train, validation }: Pick<ClickTask, 'train' | 'validation'>,
  options: Pick<ClickTraining, 'batchRows'>,
): number {
  const batchRows = batchSize(train, options);
  const room = { batchRows, batchFeatures: mostFeatures(train, batchRows) };
  const loaded = [train, ...(validation ? [validation] : [])];
  return (
    forwardBytes(shape, batchRows) +
    backwardBytes(shape, room) +
    loaded.reduce((sum, part) => sum + examplesBytes(part) + 4 * part.clicked.length + 64, 0)
  );
}

/** A fiftieth of the examples, so that few of them make some steps too. */
function batchSize({ clicked }: ClickExamples, { batchRows }: Pick<ClickTraining, 'batchRows'>) {
  return Math.min(clicked.length, batchRows, Math.max(64, Math.ceil(clicked.length / 50)));
}

function createTrainer(
  crew: Crew,
  {
    shape,
    train,
    validation,
    options,
  }: Pick<ClickTask, 'train' | 'validation'> & { shape: ClickShape; options: ClickTraining },
): Trainer {
  const { decay, dropout, seed } = options;
  const count = train.clicked.length;
  const batchRows = batchSize(train, options);
  const start = startWeights(shape, seed);
  const forward = createClickForward(crew, start, batchRows);
  const backward = createClickBackward(crew, { forward, shape, examples: train });
  const loaded = loadExamples(crew, train);
  const order = crew.copyCodes(Uint32Array.from(train.clicked, (_, e) => e));
  const held = validation && createBatchLogits(crew, forward, validation);
  const rng = createRng(seed + 1);
  const bias = createAdamNumber();
  let steps = 0;
  const step = (from: number, rows: number, learningRate: number): number => {
    steps += 1;
    const rate = (learningRate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps);
    const mask = dropout > 0 ? { share: dropout, seed: hash32(steps ^ seed) } : undefined;
    forward.run(loaded, order.address + 4 * from, rows, mask);
    let [loss, total] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const y = train.clicked[order.values[from + row]];
      const z = forward.logits.values[row] + bias.value;
      loss += Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - y * z;
      const slope = (1 / (1 + Math.exp(-z)) - y) / rows;
      backward.slopes.values[row] = slope;
      total += slope;
    }
    backward.step(order.values, from, rows, { rate, decay, dropout });
    bias.step(total, rate);
    return loss;
  };
  return {
    pass(learningRate) {
      rng.shuffle(order.values);
      let loss = 0;
      for (let from = 0; from < count; from += batchRows)
        loss += step(from, Math.min(batchRows, count - from), learningRate);
      return loss / count;
    },
    judge: (logits) => held?.(bias.value, logits),
    weights: () => ({
      ...start,
      bias: bias.value,
      linear: forward.linear.values.slice(),
      embeddings: forward.embeddings.values.slice(),
      dense: forward.dense.values.slice(),
    }),
  };
}

/** Factor of the learning rate after a pass that made the hold-out no better. */
const slower = 0.2;

/** Passes until the hold-out says stop; answers the best weights, calibrated. */
function runEpochs(
  trainer: Trainer,
  clicked: Uint8Array | undefined,
  { options, progress }: { options: ClickTraining; progress: Progress },
): ClickWeights {
  const { epochs, patience } = options;
  let { learningRate } = options;
  const logits = new Float32Array(clicked?.length ?? 0);
  let best: { weights: ClickWeights; area: number; epoch: number } | undefined;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const loss = trainer.pass(learningRate);
    trainer.judge(logits);
    if (!Number.isFinite(loss) || !logits.every(Number.isFinite)) throw ranAway(epoch);
    const area = clicked && auc(logits, clicked);
    progress(epoch / epochs, describe(epoch, options, { loss, area }));
    if (clicked === undefined || area === undefined) continue;
    if (best === undefined || area > best.area) {
      const weights = { ...trainer.weights(), platt: fitPlatt(logits, clicked) };
      best = { weights, area, epoch };
    } else if (epoch - best.epoch >= patience) break;
    else learningRate *= slower;
  }
  const { weights, area, epoch = epochs } = best ?? { weights: trainer.weights() };
  const { linear, embeddings, dense } = weights;
  if (![linear, embeddings, dense].every((part) => part.every(Number.isFinite)))
    throw ranAway(epoch);
  progress(1, `best pass ${epoch}${area === undefined ? '' : `, AUC ${area.toFixed(4)}`}`);
  return weights;
}

function describe(
  epoch: number,
  { epochs }: ClickTraining,
  { loss, area }: { loss: number; area: number | undefined },
): string {
  const judged = area === undefined ? '' : `, hold-out AUC ${area.toFixed(4)}`;
  return `pass ${epoch} of ${epochs}, log loss ${loss.toFixed(4)}${judged}`;
}

function ranAway(epoch: number): SightlineError {
  return new SightlineError(
    'SL_TRAINING_FAILED',
    `click model ran away in pass ${epoch}, expected finite numbers: lower learningRate`,
  );
}

/** One number that Adam learns. */
function createAdamNumber(): { readonly value: number; step(slope: number, rate: number): void } {
  let [mean, variance] = [0, 0];
  const number = {
    value: 0,
    step(slope: number, rate: number) {
      mean = 0.9 * mean + 0.1 * slope;
      variance = 0.999 * variance + 0.001 * slope * slope;
      number.value -= (rate * mean) / (Math.sqrt(variance) + 1e-8);
    },
  };
  return number;
}
