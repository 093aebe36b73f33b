import type { MmrPool, Rows } from './vector-table.ts';

const f32 = Math.fround;

/** The kernels of a vector table, short and clear, in the same order of operations as the SIMD ones. */
export function createScalarRows(rowCount: number, stride: number): Rows {
  // One more row, always zero, stands for every item outside the table.
  const values = new Float32Array((rowCount + 1) * stride);
  const vector = new Float32Array(stride);
  const rowOf = (item: number) => {
    const start = (item >= 0 && item < rowCount ? item : rowCount) * stride;
    return values.subarray(start, start + stride);
  };
  return {
    values,
    changed() {},
    dot(query, items, count, out) {
      vector.set(query);
      for (let i = 0; i < count; i++) out[i] = dot(vector, rowOf(items[i]));
    },
    nearest(query, limit, outItems, outScores) {
      vector.set(query);
      const best = Array.from({ length: rowCount }, (_, row) => ({
        row,
        score: dot(vector, rowOf(row)),
      }))
        .filter(({ score }) => score > Number.NEGATIVE_INFINITY)
        .sort((a, b) => compare(b.score, a.score) || a.row - b.row)
        .slice(0, limit);
      for (const [i, { row, score }] of best.entries()) {
        outItems[i] = row;
        outScores[i] = score;
      }
      return best.length;
    },
    mmr: (pool) => mmr(pool, rowOf),
  };
}

function mmr(pool: MmrPool, rowOf: (item: number) => Float32Array): number {
  const { items, count, order } = pool;
  const wanted = Math.min(pool.wanted, count);
  const diversity = f32(pool.diversity);
  const keep = f32(1 - diversity);
  const relevance = relevances(pool, diversity);
  const similarity = new Float32Array(count);
  const left = new Set(Array.from({ length: count }, (_, i) => i));
  const worth = (i: number) => f32(f32(keep * relevance[i]) - f32(diversity * similarity[i]));
  for (let step = 0; step < wanted; step++) {
    let best = -1;
    for (const i of left) if (best < 0 || worth(i) > worth(best)) best = i;
    left.delete(best);
    order[step] = best;
    for (const i of left) {
      const cosine = clamp(dot(rowOf(items[best]), rowOf(items[i])));
      similarity[i] = step === 0 ? cosine : Math.max(similarity[i], cosine);
    }
  }
  return wanted;
}

/** Scores, min-max normalised; as they are for diversity 0, so that rounding merges none of them. */
function relevances({ scores, count }: MmrPool, diversity: number): Float32Array {
  const finite = scores.subarray(0, count).filter(Number.isFinite);
  if (finite.length === 0) return new Float32Array(count);
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  // Halved where the range of finite scores would not be finite.
  const scale = f32(high - low) < Number.POSITIVE_INFINITY ? 1 : 0.5;
  const range = f32(f32(high * scale) - f32(low * scale));
  const known = scores.slice(0, count).map((score) => (Number.isFinite(score) ? score : low));
  if (diversity === 0) return known;
  return known.map((score) => (range > 0 ? f32(f32(score * scale) - f32(low * scale)) / range : 0));
}

/** Four partial sums, then pairs of them, as SIMD lanes add up. */
function dot(a: Float32Array, b: Float32Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i += 4) {
    s0 = f32(s0 + f32(a[i] * b[i]));
    s1 = f32(s1 + f32(a[i + 1] * b[i + 1]));
    s2 = f32(s2 + f32(a[i + 2] * b[i + 2]));
    s3 = f32(s3 + f32(a[i + 3] * b[i + 3]));
  }
  return f32(f32(s0 + s1) + f32(s2 + s3));
}

/** Cosines stay in -1 to 1 whatever the rounding; what is not a number becomes -1. */
function clamp(cosine: number): number {
  return cosine > -1 ? Math.min(cosine, 1) : -1;
}

/** The order of two numbers, infinite ones too. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
