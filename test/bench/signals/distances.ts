import { unitDirections } from '../../../src/math/directions.ts';
import { createRng } from '../../../src/math/rng.ts';
import { slicedWasserstein1 } from '../../../src/math/sliced-wasserstein.ts';
import { wasserstein1 } from '../../../src/math/wasserstein.ts';
import { createRandom } from '../harness/random.ts';
import { spreadOf } from '../harness/spread.ts';

const values = 10_000;
const points = 2000;
const dimensions = 32;
const directionCount = 64;
const leastRuns = 9;

/** Milliseconds of one distance between two windows that are new each time, sorting and projecting included. */
export function measureDistances({ seconds }: { seconds: number }) {
  const random = createRandom(3);
  const draw = (count: number, shift: number) =>
    Float64Array.from({ length: count }, () => random() + random() + random() - 1.5 + shift);
  const pointsOf = (shift: number) => ({
    values: draw(points * dimensions, shift),
    count: points,
    dimensions,
  });
  const directions = unitDirections(directionCount, dimensions, createRng(1));
  const w1 = timesOf(seconds / 2, () => [draw(values, 0), draw(values, 0.2)] as const, {
    run: ([u, v]) => wasserstein1(u, v),
  });
  const sliced = timesOf(seconds / 2, () => [pointsOf(0), pointsOf(0.2)] as const, {
    run: ([u, v]) => slicedWasserstein1(u, v, directions).mean,
  });
  return {
    w1_10000_ms: spreadOf(w1).median,
    w1_10000_ms_iqr: spreadOf(w1).iqr,
    sliced_w1_ms: spreadOf(sliced).median,
    sliced_w1_ms_iqr: spreadOf(sliced).iqr,
  };
}

function timesOf<Input>(
  seconds: number,
  make: () => Input,
  { run }: { run: (input: Input) => number },
): number[] {
  const times: number[] = [];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until || times.length < 2 * leastRuns) {
    const input = make();
    const start = performance.now();
    if (!(run(input) > 0)) throw new Error('windows that differ have no distance');
    times.push(performance.now() - start);
  }
  // The first half warms up.
  return times.slice(times.length / 2);
}
