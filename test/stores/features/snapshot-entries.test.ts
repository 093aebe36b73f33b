import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FeatureLookup } from '../../../src/stores/features/feature-store.ts';
import { SnapshotEntries } from '../../../src/stores/features/snapshot-entries.ts';

const present = (row: string): FeatureLookup => ({ state: 'present', row, writtenAtMs: 0 });
const roomy = { maxEntries: 1000, maxBytes: 1e9 };

test('the oldest that was not used has to go first', () => {
  const entries = new SnapshotEntries({ ...roomy, maxEntries: 3 });
  for (const key of 'abc') entries.put(key, present(key), 0);
  entries.get('a')!.wasUsed = true;
  entries.put('d', present('d'), 0);
  expect([...'abcd'].filter((key) => entries.get(key))).toEqual(['a', 'c', 'd']);
  // A second chance is one chance.
  entries.put('e', present('e'), 0);
  entries.put('f', present('f'), 0);
  expect([...'abcdef'].filter((key) => entries.get(key))).toEqual(['a', 'e', 'f']);
});

test('what is larger than the whole snapshot is not kept and drives nothing out', () => {
  const entries = new SnapshotEntries({ ...roomy, maxBytes: 1000 });
  entries.put('a', present('a'), 0);
  entries.put('b', present('x'.repeat(500)), 0);
  expect([entries.get('a') !== undefined, entries.get('b')]).toEqual([true, undefined]);
  entries.put('a', present('x'.repeat(500)), 0);
  expect(entries).toMatchObject({ size: 0, bytes: 0 });
});

test('absent keys take room as well', () => {
  const entries = new SnapshotEntries({ ...roomy, maxEntries: 10 });
  for (let i = 0; i < 100; i++) entries.put(`k${i}`, { state: 'absent' }, 0);
  expect(entries.size).toBe(10);
  expect(entries.bytes).toBeGreaterThan(10 * 100);
});

test('bounds hold and bytes add up, whatever is put, used and deleted', () => {
  const step = fc.record({
    what: fc.constantFrom('put', 'use', 'delete'),
    key: fc.constantFrom(...'abcdefgh'),
    length: fc.integer({ min: 0, max: 300 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const entries = new SnapshotEntries({ maxEntries: 5, maxBytes: 2000 });
      for (const { what, key, length } of steps) {
        if (what === 'put') entries.put(key, present('x'.repeat(length)), 0);
        if (what === 'delete') entries.delete(key);
        const entry = entries.get(key);
        if (what === 'use' && entry) entry.wasUsed = true;
        const held = [...'abcdefgh'].flatMap((k) => entries.get(k) ?? []);
        expect(entries.size).toBe(held.length);
        expect(entries.size).toBeLessThanOrEqual(5);
        expect(entries.bytes).toBe(held.reduce((sum, { bytes }) => sum + bytes, 0));
        expect(entries.bytes).toBeLessThanOrEqual(2000);
      }
    }),
  );
});
