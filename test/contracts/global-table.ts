import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attachTable } from '../../src/stores/tables/attach-table.ts';
import type { GlobalTable, TableKey } from '../../src/stores/tables/global-table.ts';

/** A kind of table under test. */
export interface TableUnderTest<Value> {
  /** Makes a table of entries; of equal keys the last counts. */
  readonly build: (entries: readonly (readonly [string, Value])[]) => GlobalTable<Value>;
  /** Keys that the kind can hold. */
  readonly key: fc.Arbitrary<string>;
  readonly value: fc.Arbitrary<Value>;
  /** Keys that no table of the kind holds, whatever it is asked. */
  readonly strange: readonly TableKey[];
}

/** The behaviour that every global table owes, whatever it is made of. */
export function globalTableContract<Value>(name: string, under: TableUnderTest<Value>): void {
  const { build, key, value, strange } = under;
  const entries = fc.array(fc.tuple(key, value), { maxLength: 40 });

  describe(`a table ${name}`, () => {
    test('answers as a Map does, key by key and all at once', () => {
      fc.assert(
        fc.property(entries, fc.array(key, { maxLength: 20 }), (held, others) => {
          const table = build(held);
          const oracle = new Map(held);
          const keys = [...oracle.keys(), ...others];
          const numbers = new Uint32Array(keys.length).fill(7);
          const found = new Uint8Array(keys.length).fill(7);
          const hits = table.mget(keys, numbers, found);
          expect(table.size).toBe(oracle.size);
          expect(keys.map((one) => table.get(one))).toEqual(keys.map((one) => oracle.get(one)));
          expect(keys.map((one) => table.has(one))).toEqual(keys.map((one) => oracle.has(one)));
          expect([...found]).toEqual(keys.map((one) => (oracle.has(one) ? 1 : 0)));
          expect(hits).toBe(keys.filter((one) => oracle.has(one)).length);
          for (const [i, hit] of found.entries()) if (hit === 0) expect(numbers[i]).toBe(0);
        }),
      );
    });

    test('a share reads the same memory and has the same version', () => {
      fc.assert(
        fc.property(entries, (held) => {
          const table = build(held);
          const handle = table.share();
          const attached = attachTable(handle);
          expect(attached.share().memory).toBe(handle.memory);
          expect(attached).toMatchObject({ kind: table.kind, size: table.size });
          expect(attached).toMatchObject({
            bytes: handle.memory.byteLength,
            version: table.version,
          });
          for (const [one] of held) expect(attached.get(one)).toEqual(table.get(one));
        }),
        { numRuns: 30 },
      );
    });

    test('whole numbers and bigints stand for their decimal digits', () => {
      const numbers = [0, 1, 42, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
      const [sample] = fc.sample(value, 1);
      const table = build(numbers.map((one) => [String(one), sample]));
      for (const one of numbers) {
        expect(table.get(one)).toEqual(sample);
        expect(table.get(BigInt(one))).toEqual(sample);
        expect(table.get(one + 7)).toBeUndefined();
      }
      const asked = Float64Array.of(...numbers, 5, 0.5, -1, Number.NaN);
      const found = new Uint8Array(asked.length);
      expect(table.mget(asked, new Uint32Array(asked.length), found)).toBe(numbers.length);
      expect([...found]).toEqual([...numbers.map(() => 1), 0, 0, 0, 0]);
      const asked64 = BigUint64Array.of(5n, 2n ** 64n - 1n, ...numbers.map(BigInt));
      expect(table.mget(asked64, new Uint32Array(8), found)).toBe(numbers.length);
      expect([...found.subarray(0, 8)]).toEqual([0, 0, ...numbers.map(() => 1)]);
    });

    test('what no table can hold is absent, also from batches', () => {
      const [sample] = fc.sample(value, 1);
      const table = build([['0', sample]]);
      const found = new Uint8Array(strange.length).fill(1);
      for (const one of strange) expect(table.has(one)).toBe(false);
      for (const one of strange) expect(table.get(one)).toBeUndefined();
      expect(table.mget(strange, new Uint32Array(strange.length), found)).toBe(0);
      expect([...found]).toEqual(strange.map(() => 0));
    });

    test('an empty table holds nothing', () => {
      const table = build([]);
      expect(table.size).toBe(0);
      expect(table.has('0')).toBe(false);
      expect(table.get('1')).toBeUndefined();
      expect(table.mget([], new Uint32Array(0), new Uint8Array(0))).toBe(0);
    });

    test('a batch longer than the arrays for its answers is refused', () => {
      const table = build([]);
      const short = () => table.mget(['1', '2'], new Uint32Array(2), new Uint8Array(1));
      expect(short).toThrow('mget has room for 1 keys, expected 2');
    });
  });
}
