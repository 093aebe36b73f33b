import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import type { Crew } from '../../math/kernels/crew/crew.ts';
import { gemmScratchBytes } from '../../math/kernels/crew/kernel-calls.ts';
import { type SparseMatrix, transpose } from '../../math/sparse.ts';
import type { ItemRows } from '../item-rows.ts';
import type { ModelKind } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { userItems } from '../user-items.ts';
import { inverseBytes, invertNegated, type SquareMatrix, sizeStep } from './invert.ts';
import { keptBytes, placedBytes, placeMatrix, placeRows, withCrew } from './linear-crew.ts';
import { historySchema, learningSchema, loadLinear, writeLinear } from './linear-model.ts';

const schema = z.strictObject({
  lambda: z
    .number()
    .min(0.01)
    .max(10_000)
    .default(50)
    .describe(
      'Ridge, times the root of the mean degree of items, so that it means the same on data of any size',
    ),
  keep: z
    .int()
    .min(1)
    .max(50_000)
    .default(2000)
    .describe('Weights kept of each item, those farthest from 0'),
  maxMemoryMb: z
    .int()
    .min(1)
    .max(3500)
    .default(1024)
    .describe('The most that the matrix of items by items may take'),
  ...learningSchema,
  ...historySchema,
});

type EaseOptions = z.output<typeof schema>;

/**
 * EASE (Steck 2019): the item-item matrix B without diagonal that best makes R of R · B, ridge lambda, in closed form
 * from P = (RᵀR + lambda)⁻¹: B_ij = -P_ij / P_jj. Fit O(items³) and items² of memory, beyond `maxMemoryMb` it is
 * refused: for dense data and catalogues of some thousand items.
 */
export const ease: ModelKind<EaseOptions> = {
  kind: 'ease',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('ease', schema),
  searchSpace: {
    lambda: { scale: 'log', min: 1, max: 500 },
    sessionDecay: { scale: 'log', min: 0.2, max: 1 },
  },
  memoryBytes: ({ items }, { keep }) => denseBytes(items.length, keep),
  fit(interactions, options, progress, { threads } = { threads: 1 }) {
    const matrix = userItems(interactions, options);
    const bytes = denseBytes(matrix.columns, options.keep) + 2 * placedBytes(matrix);
    const rows = withCrew(
      {
        kind: 'ease',
        bytes,
        threads,
        scratchBytes: Math.max(gemmScratchBytes, 8 * matrix.columns),
        maxBytes: options.maxMemoryMb * 2 ** 20,
        remedy: 'raise maxMemoryMb, or use item-graph for so many items',
      },
      (crew) => learn(crew, matrix, options),
    );
    progress(1, `${rows.codes.length} weights`);
    return writeLinear(interactions.items, rows, options);
  },
  load: loadLinear,
};

function sizeOf(items: number): number {
  return Math.ceil(items / sizeStep) * sizeStep;
}

function denseBytes(items: number, keep: number): number {
  const size = sizeOf(items);
  return 4 * size * size + inverseBytes(size) + keptBytes(items, Math.min(keep, items)) + 4 * size;
}

function learn(crew: Crew, matrix: SparseMatrix, { lambda, keep }: EaseOptions): ItemRows {
  const items = matrix.columns;
  const limit = Math.min(keep, items);
  const kept = placeRows(crew, items, limit);
  const inverse = placeGram(crew, matrix, lambda);
  const { block, size } = inverse;
  try {
    invertNegated(crew, inverse);
  } catch (cause) {
    throw new SightlineError('SL_TRAINING_FAILED', `ease cannot invert: raise lambda`, { cause });
  }
  const scales = crew.float32(items);
  for (let i = 0; i < items; i++) scales.values[i] = -1 / block.values[i * size + i];
  crew.run('keep', { count: items }, [
    block.address,
    size * 4,
    items,
    scales.address,
    0,
    limit,
    kept.codes,
    kept.values,
    kept.counts,
  ]);
  return kept.read();
}

/** RᵀR with the ridge on its diagonal. */
function placeGram(crew: Crew, matrix: SparseMatrix, lambda: number): SquareMatrix {
  const items = matrix.columns;
  const size = sizeOf(items);
  const block = crew.float32(size * size);
  crew.run('spgemm', { count: items }, [
    ...placeMatrix(crew, transpose(matrix)),
    ...placeMatrix(crew, matrix),
    block.address,
    size * 4,
    0,
  ]);
  const degrees = matrix.values.reduce((sum, value) => sum + value, 0);
  const ridge = lambda * Math.sqrt(degrees / Math.max(1, items));
  for (let i = 0; i < size; i++) block.values[i * size + i] += i < items ? ridge : 1;
  return { block, size };
}
