import { createAliasTable } from '../../src/math/kernels/alias-table.ts';
import { createSgnsTrainer } from '../../src/math/kernels/sgns-trainer.ts';
import { createVectorTable, type VectorTable } from '../../src/math/kernels/vector-table.ts';
import type { BenchOptions } from './harness/bench.ts';
import { createRandom } from './harness/random.ts';
import { quantileOf, round } from './harness/spread.ts';
import { nativeBench } from './native.ts';

/** `native`: against C, where a compiler is there. */
interface KernelsOptions extends BenchOptions {
  readonly native?: boolean;
}

type Random = () => number;

/** One kernel call, of which the bench measures `units` equal pieces of work. */
interface Case {
  readonly name: string;
  readonly unit: string;
  readonly units: number;
  readonly make: (simd: boolean) => () => void;
}

const dimensions = 64;
const tableRows = 50_000;
const bodySeconds = 0.002;

/**
 * Each kernel against its plain twin at 64 dimensions: microseconds per unit (median of short bodies that take
 * turns), the ratio plain / SIMD, and the ratio of the SIMD kernel to itself. The twin rounds to f32 at each step
 * to be equal to the last bit, and costs more than a careless loop would. Takes at most 5 seconds.
 * With `--native` against C instead: see `nativeBench`.
 */
export async function kernelsBench({ seconds, log, ...given }: KernelsOptions) {
  if (given.native) return nativeBench({ seconds, log, ...given });
  const random = createRandom(7);
  const tables = [true, false].map((simd) => clusteredTable(simd, createRandom(5)));
  const tableFor = (simd: boolean) => tables[simd ? 0 : 1];
  const cases = [
    ...[60, 100].map((count) => mmrCase(count, tableFor, random)),
    dotCase(tableFor, random),
    nearestCase(tableFor),
    trainCase(random),
  ];
  const caseSeconds = Math.min(seconds, 5) / cases.length;
  const kernels: Record<string, unknown> = {};
  for (const { name, unit, units, make } of cases) {
    const kernel = make(true);
    const [simd, again, plain] = measure([kernel, kernel, make(false)], caseSeconds);
    const micros = round((simd * 1e6) / units);
    kernels[name] = {
      us: micros,
      ratio_to_plain: round(plain / simd),
      aa_ratio: round(again / simd),
    };
    const ratios = `plain ${round(plain / simd)}, itself ${round(again / simd)}`;
    log(`${name.padEnd(14)} ${micros} us per ${unit}; times that: ${ratios}`);
  }
  return { kernels };
}

/** Median seconds per call of each body, by turns; a turn is as many calls as fill two milliseconds. */
function measure(bodies: readonly (() => void)[], seconds: number): number[] {
  const warmSeconds = (0.25 * seconds) / bodies.length;
  const turns = bodies.map((body) => {
    const calls = Math.max(1, Math.round(bodySeconds / warmUp(body, warmSeconds)));
    return { body, calls, times: [] as number[] };
  });
  const until = performance.now() + 0.75 * seconds * 1000;
  do {
    for (const { body, calls, times } of turns) {
      // Brings its data back into the caches.
      body();
      times.push(timeOf(body, calls));
    }
  } while (performance.now() < until || turns[0].times.length < 5);
  return turns.map(({ times }) => quantileOf(times, 0.5));
}

/** Calls the body until the compilers are done with it; returns the least seconds of a call. */
function warmUp(body: () => void, seconds: number): number {
  const until = performance.now() + seconds * 1000;
  let least = timeOf(body, 1);
  while (performance.now() < until) least = Math.min(least, timeOf(body, 1));
  return least;
}

function timeOf(body: () => void, calls: number): number {
  const start = performance.now();
  for (let call = 0; call < calls; call++) body();
  return (performance.now() - start) / 1000 / calls;
}

/** Unit vectors around 300 centres. */
function clusteredTable(simd: boolean, random: Random): VectorTable {
  const table = createVectorTable(tableRows, dimensions, { simd });
  const vector = (spread: number) =>
    Array.from({ length: dimensions }, () => spread * (random() + random() + random() - 1.5));
  const centres = Array.from({ length: 300 }, () => vector(1));
  for (let row = 0; row < tableRows; row++) {
    const noise = vector(0.9);
    const values = centres[row % 300].map((value, d) => value + noise[d]);
    const length = Math.hypot(...values);
    table.setRow(
      row,
      values.map((value) => value / length),
    );
  }
  return table;
}

/** 20 of the rows nearest to row 7, whose scores are their cosines with some noise. */
function mmrCase(count: number, tableFor: (simd: boolean) => VectorTable, random: Random): Case {
  const items = new Int32Array(count);
  const scores = new Float32Array(count);
  tableFor(true).nearest(tableFor(true).row(7), count, items, scores);
  for (let i = 0; i < count; i++) scores[i] += 0.1 * random();
  const pool = { items, scores, count, wanted: 20, diversity: 0.3, order: new Int32Array(count) };
  return {
    name: `mmr_20_of_${count}`,
    unit: 'pool',
    units: 1,
    make: (simd) => () => void tableFor(simd).mmr(pool),
  };
}

function dotCase(tableFor: (simd: boolean) => VectorTable, random: Random): Case {
  const items = Int32Array.from({ length: 500 }, () => Math.floor(random() * tableRows));
  const out = new Float32Array(500);
  const query = tableFor(true).row(7);
  return {
    name: 'dot_500',
    unit: '500 gathered rows',
    units: 1,
    make: (simd) => () => tableFor(simd).dot(query, items, 500, out),
  };
}

function nearestCase(tableFor: (simd: boolean) => VectorTable): Case {
  const items = new Int32Array(100);
  const scores = new Float32Array(100);
  const query = tableFor(true).row(7);
  return {
    name: 'nearest_100',
    unit: 'scan of 50,000 rows',
    units: 1,
    make: (simd) => () => void tableFor(simd).nearest(query, 100, items, scores),
  };
}

function trainCase(random: Random): Case {
  const items = 2000;
  const pairs = 2048;
  const weights = Float64Array.from({ length: items }, (_, i) => (i + 10) ** -0.75);
  const codes = () => Int32Array.from({ length: pairs }, () => Math.floor(random() * items));
  const [centers, contexts] = [codes(), codes()];
  return {
    name: 'sgns',
    unit: 'pair with 5 negatives, 2,000 items',
    units: pairs,
    make(simd) {
      const trainer = createSgnsTrainer({ items, dimensions, seed: 1, simd });
      trainer.setNegatives(createAliasTable(weights));
      return () => trainer.train(centers, contexts, pairs, 5, 0.025);
    },
  };
}

if (import.meta.main) {
  await kernelsBench({ seconds: 5, dataFolder: undefined, log: (line) => console.log(line) });
}
