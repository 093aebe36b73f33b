import { type Crew, createCrew } from '../../math/kernels/crew/crew.ts';
import { gemmScratchBytes } from '../../math/kernels/crew/kernel-calls.ts';
import type { ClickExamples } from './click-examples.ts';
import {
  type ClickForward,
  createClickForward,
  examplesBytes,
  forwardBytes,
  loadExamples,
} from './click-forward.ts';
import type { ClickWeights } from './click-weights.ts';

/** Rows worked out at a time. */
const batchRows = 4096;

/**
 * Calibrated logits of examples, one each; the probability of a click is 1 / (1 + e^-logit). O(features · dimensions +
 * examples · weights of the network).
 */
export function predictClicks(
  weights: ClickWeights,
  examples: ClickExamples,
  { threads = 1 }: { readonly threads?: number } = {},
): Float32Array {
  const count = examples.clicked.length;
  const logits = new Float32Array(count);
  if (count === 0) return logits;
  const rows = Math.min(batchRows, count);
  const bytes = forwardBytes(weights, rows) + examplesBytes(examples) + 4 * count + 64;
  const crew = createCrew({ bytes, threads, scratchBytes: gemmScratchBytes });
  try {
    const forward = createClickForward(crew, weights, rows);
    createBatchLogits(crew, forward, examples)(weights.bias, logits);
  } finally {
    crew.close();
  }
  const { slope, offset } = weights.platt;
  return logits.map((logit) => slope * logit + offset);
}

/** Loads examples, and makes a function that writes their logits, the bias in them, not calibrated. */
export function createBatchLogits(
  crew: Crew,
  forward: ClickForward,
  examples: ClickExamples,
): (bias: number, logits: Float32Array) => void {
  const count = examples.clicked.length;
  const loaded = loadExamples(crew, examples);
  const rows = crew.copyCodes(Uint32Array.from(examples.clicked, (_, e) => e));
  return (bias, logits) => {
    for (let from = 0; from < count; from += forward.batchRows) {
      const size = Math.min(forward.batchRows, count - from);
      forward.run(loaded, rows.address + 4 * from, size);
      for (let row = 0; row < size; row++) logits[from + row] = forward.logits.values[row] + bias;
    }
  };
}
