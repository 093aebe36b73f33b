import type { LeafTable } from '../../../src/anomaly/attribution/leaf-table.ts';

/**
 * Every combination of values, the last label fastest: labels `a`, `b`, ... with values `a1`, `a2`, ...
 *
 * @example grid([2, 3]).count // 6
 */
export function grid(sizes: readonly number[], keep: (leaf: number) => boolean = () => true) {
  const total = sizes.reduce((product, size) => product * size, 1);
  const kept = Uint32Array.from({ length: total }, (_, leaf) => leaf).filter(keep);
  const labels = sizes.map((_, label) => String.fromCharCode(97 + label));
  return {
    labels,
    values: sizes.map((size, label) =>
      Array.from({ length: size }, (_, value) => `${labels[label]}${value + 1}`),
    ),
    count: kept.length,
    codes: sizes.map((size, label) => {
      const stride = sizes.slice(label + 1).reduce((product, next) => product * next, 1);
      return kept.map((leaf) => Math.floor(leaf / stride) % size);
    }),
  } satisfies LeafTable;
}
