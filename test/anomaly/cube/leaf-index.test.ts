import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LeafIndex } from '../../../src/anomaly/cube/leaf-index.ts';

test('combinations are numbered as they come and keep their number, however many there are', () => {
  const combination = fc.tuple(fc.nat(40), fc.nat(65_535), fc.nat(3));
  fc.assert(
    fc.property(fc.array(combination, { maxLength: 400 }), (combinations) => {
      const index = new LeafIndex(3);
      const known = new Map<string, number>();
      for (const codes of combinations) {
        const key = codes.join();
        if (!known.has(key)) known.set(key, known.size);
        expect(index.of(Uint16Array.from(codes))).toBe(known.get(key));
      }
      const kept = [...known.keys()].map((key) => key.split(',').map(Number));
      expect(index.size).toBe(kept.length);
      expect([...index.column(1)]).toEqual(kept.map((codes) => codes[1]));
      const own = new Uint16Array(3);
      for (const [leaf, codes] of kept.entries()) {
        index.read(leaf, own);
        expect([...own]).toEqual(codes);
      }
    }),
    { numRuns: 50 },
  );
});

test('where the limit is reached new combinations are refused and known ones found', () => {
  const index = new LeafIndex(1);
  expect([5, 6, 7, 5].map((code) => index.of(Uint16Array.of(code), 2))).toEqual([0, 1, -1, 0]);
  index.clear();
  expect(index.of(Uint16Array.of(7), 2)).toBe(0);
  expect(index.size).toBe(1);
});
