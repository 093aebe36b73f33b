import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCrew } from '../../../src/math/kernels/crew/crew.ts';
import { createRng, hash32 } from '../../../src/math/rng.ts';

const random = (length: number, seed: number) => {
  const rng = createRng(seed);
  return Float32Array.from({ length }, () => rng.unit() - 0.5);
};

/** What `rectify` does, one number at a time. */
function plainRectify(values: Float32Array, { share = 0, seed = 0 } = {}): Float32Array {
  const scale = Math.fround(1 / (1 - share));
  const dropped = Math.floor(share * 2 ** 32);
  return values.map((value, place) => {
    const isDropped = hash32((hash32(place) ^ seed) >>> 0) < dropped;
    return isDropped ? 0 : Math.fround(Math.max(0, value) * scale);
  });
}

test('the rectifier and its dropout are those of the plain twin, by any number of threads', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom(0, 0.2, 0.5, 0.9),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    (rows, fours, share, seed) => {
      const values = random(rows * fours * 4, seed);
      const out = [1, 2].map((threads) => {
        const crew = createCrew({ bytes: 1 << 16, threads });
        const block = crew.copy(values);
        crew.run('rectify', { count: rows, chunk: 3 }, [
          ...([block.address, fours * 16, Math.floor(share * 2 ** 32)] as const),
          ...([1 / (1 - share), seed] as const),
        ]);
        crew.close();
        return block.values.slice();
      });
      expect(out[0]).toEqual(plainRectify(values, { share, seed }));
      expect(out[1]).toEqual(out[0]);
    },
  );
  fc.assert(property, { numRuns: 20 });
});

test('dropout leaves out about its share, others with other seeds', () => {
  const values = new Float32Array(40_000).fill(1);
  const [one, other] = [1, 2].map((seed) => plainRectify(values, { share: 0.3, seed }));
  const left = (list: Float32Array) => list.filter((value) => value === 0).length / list.length;
  expect(left(one)).toBeCloseTo(0.3, 1);
  const both = one.filter((value, i) => value === 0 && other[i] === 0).length / one.length;
  expect(both).toBeCloseTo(0.09, 2);
});

test('derivatives pass where the rectifier was open, times its scale', () => {
  const crew = createCrew({ bytes: 4096 });
  const out = crew.copy(Float32Array.of(1, 0, 2, 0, 0, 3, 0, 0));
  const slopes = crew.copy(Float32Array.of(5, 6, 7, 8, 9, 10, 11, 12));
  crew.run('rectifyBack', { count: 2 }, [out.address, slopes.address, 16, 2]);
  expect([...slopes.values]).toEqual([10, 0, 14, 0, 0, 20, 0, 0]);
});

test('rows are filled, and gathered from a table with one added', () => {
  const crew = createCrew({ bytes: 4096 });
  const row = crew.copy(Float32Array.of(1, 2, 3, 4));
  const out = crew.float32(8);
  crew.run('fillRows', { count: 2 }, [row.address, out.address, 16]);
  expect([...out.values]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  const table = crew.copy(Float32Array.of(0, 0, 0, 0, 10, 20, 30, 40));
  const list = crew.copyCodes(Uint32Array.of(1, 0));
  crew.run('gatherAdd', { count: 2 }, [list.address, table.address, row.address, out.address, 16]);
  expect([...out.values]).toEqual([11, 22, 33, 44, 1, 2, 3, 4]);
});

test('a step of Adam goes against the gradient by the rate at first, and forgets the gradient', () => {
  const crew = createCrew({ bytes: 4096 });
  const gradient = crew.copy(Float32Array.from({ length: 16 }, (_, i) => i - 8));
  const [weights, means, variances] = [crew.float32(16), crew.float32(16), crew.float32(16)];
  const rate = (0.01 * Math.sqrt(1 - 0.999)) / (1 - 0.9);
  crew.run('adam', { count: 1 }, [
    ...([weights.address, gradient.address, means.address, variances.address, rate] as const),
  ]);
  for (const [i, value] of weights.values.entries())
    expect(value).toBeCloseTo(-0.01 * Math.sign(i - 8), 5);
  expect(gradient.values.every((value) => value === 0)).toBe(true);
});
