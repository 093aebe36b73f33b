import type { ModelKind } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { clickMemoryBytes } from './click-memory.ts';
import { loadClickModel } from './click-model.ts';
import { type DeepOptions, deepSchema } from './click-schema.ts';
import { fitInteractions } from './fit-interactions.ts';

/**
 * DeepFM (Guo et al. 2017): a factorisation machine and a network of rectifiers over the same embeddings, a place for
 * each field, whose logits are added. Learns from what `fm` learns from, and is a scorer first: to retrieve it looks
 * at the best `scan` items of its machine. Fit O(epochs · examples · weights of the network).
 */
export const deepfm: ModelKind<DeepOptions> = {
  kind: 'deepfm',
  learns: true,
  defaults: deepSchema.parse({}),
  parseOptions: optionsParser('deepfm', deepSchema),
  searchSpace: {
    dimensions: { choices: [8, 16, 32] },
    learningRate: { scale: 'log', min: 0.001, max: 0.02 },
    decay: { scale: 'log', min: 1e-4, max: 0.03 },
    dropout: { scale: 'linear', min: 0, max: 0.6 },
    negatives: { scale: 'linear', min: 1, max: 8, int: true },
    sampling: { choices: ['uniform', 'popularity'] },
    window: { scale: 'log', min: 1, max: 100, int: true },
  },
  fit: fitInteractions,
  memoryBytes: clickMemoryBytes,
  load: loadClickModel,
};
