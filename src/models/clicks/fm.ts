import type { ModelKind } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { clickMemoryBytes } from './click-memory.ts';
import { loadClickModel } from './click-model.ts';
import { type ClickOptions, clickSchema } from './click-schema.ts';
import { fitInteractions } from './fit-interactions.ts';

/** A machine alone has no network. */
const noNetwork = { hidden: [], dropout: 0, scan: 1 };

/**
 * Factorisation machine (Rendle 2010) over who the user is, what was clicked before, labels and numbers of both, and
 * which item it is: each event is a click, and what was seen and left, or else items drawn at random, are none. Its score
 * is the calibrated probability of a click. Items and users without events are known by their attributes.
 * Fit O(epochs · examples · features · dimensions).
 */
export const fm: ModelKind<ClickOptions> = {
  kind: 'fm',
  learns: true,
  defaults: clickSchema.parse({}),
  parseOptions: optionsParser('fm', clickSchema),
  searchSpace: {
    dimensions: { choices: [8, 16, 32] },
    learningRate: { scale: 'log', min: 0.002, max: 0.05 },
    decay: { scale: 'log', min: 1e-4, max: 0.1 },
    negatives: { scale: 'linear', min: 1, max: 8, int: true },
    sampling: { choices: ['uniform', 'popularity'] },
    window: { scale: 'log', min: 1, max: 100, int: true },
  },
  fit: (interactions, options, progress, tools) =>
    fitInteractions(interactions, { ...options, ...noNetwork }, progress, tools),
  memoryBytes: (interactions, options) =>
    clickMemoryBytes(interactions, { ...options, ...noNetwork }),
  load: loadClickModel,
};
