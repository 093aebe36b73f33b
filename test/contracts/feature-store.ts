import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { SightlineError } from '../../src/domain/errors.ts';
import { encodeFeature, type FeatureCodec } from '../../src/stores/features/feature-codec.ts';
import {
  type FeatureStore,
  type FeatureValue,
  get,
  maxValueBytes,
} from '../../src/stores/features/feature-store.ts';

/** Opens a store that holds these rows, and no others whose keys a test uses. */
export type OpenFeatures = (
  rows: Readonly<Record<string, FeatureValue>>,
  codec: FeatureCodec,
) => Promise<FeatureStore>;

const limits = { timeoutMs: 5000 };

/** Keys that break naive protocols, and that every store carries. */
const hostileKeys = [
  'a b',
  "it's",
  '"quoted"',
  '*',
  '{tag}rest',
  '{}',
  'x'.repeat(512),
  '界'.repeat(170),
  '\u{1F45F}shoe',
  '\u2028',
  '\uFEFFmark',
  'null',
  '__proto__',
  '-0',
];

/** Keys that no store can carry. */
const badKeys: readonly unknown[] = [
  '',
  'x'.repeat(513),
  '界'.repeat(171),
  'line\r\nend',
  'nul\0',
  'tab\t',
  'del\u007f',
  '\ud800',
  1.5,
  Number.NaN,
  2 ** 53,
  undefined,
  null,
  {},
  Symbol('key'),
];

/** The behaviour that every feature store owes, whatever it is made of. `it` skips where a program is absent. */
export function featureStoreContract(
  name: string,
  open: OpenFeatures,
  it: typeof test = test,
): void {
  describe(`the ${name} feature store`, () => {
    const opened: FeatureStore[] = [];
    const holding = async (
      rows: Readonly<Record<string, FeatureValue>>,
      codec: FeatureCodec = 'json',
    ) => {
      const store = await open(rows, codec);
      opened.push(store);
      return store;
    };
    afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));

    it('answers in the order of the keys, with what is absent in its place', async () => {
      const store = await holding({ a: { price: 9.5 }, b: [1, null, 'ö'], '7': true });
      const before = Date.now();
      const found = await store.mget(['b', 'nobody', 'a', 7, 'a', '7'], limits);
      const row = (value: FeatureValue) => ({ state: 'present', row: value });
      expect(found).toMatchObject([
        row([1, null, 'ö']),
        { state: 'absent' },
        row({ price: 9.5 }),
        row(true),
        row({ price: 9.5 }),
        row(true),
      ]);
      expect(found).toHaveLength(6);
      const [first] = found;
      expect(first.state === 'present' && first.writtenAtMs - before).toBeGreaterThanOrEqual(0);
      expect(await store.mget([], limits)).toEqual([]);
      expect(await get(store, 7, limits)).toMatchObject(row(true));
    });

    it('says the same when it is asked again', async () => {
      const store = await holding({ a: 1 });
      const wave = () => store.mget(['a', 'nobody'], limits);
      expect(await wave()).toMatchObject([{ row: 1 }, { state: 'absent' }]);
      expect(await wave()).toMatchObject([{ row: 1 }, { state: 'absent' }]);
    });

    it('carries keys with spaces, quotes, braces and signs of all scripts', async () => {
      const store = await holding(Object.fromEntries(hostileKeys.map((key, i) => [key, i])));
      const found = await store.mget(hostileKeys, limits);
      expect(found).toMatchObject(hostileKeys.map((_, i) => ({ state: 'present', row: i })));
    });

    it('fails keys that cannot be carried, by name and alone', async () => {
      const store = await holding({ a: 1 });
      const found = await store.mget(['a', ...(badKeys as string[]), 'a'], limits);
      expect(found.at(0)).toMatchObject({ row: 1 });
      expect(found.at(-1)).toMatchObject({ row: 1 });
      for (const lookup of found.slice(1, -1)) {
        expect(lookup).toMatchObject({ state: 'failed', reason: 'error' });
        const { cause } = lookup as { cause: SightlineError };
        expect(cause).toBeInstanceOf(SightlineError);
        expect(cause.message).toMatch(/^feature key .* expected /);
      }
    });

    it('reads the first 10,000 keys of a wave and fails the others', async () => {
      const store = await holding({ '0': 'first', '9999': 'last', '10000': 'beyond' });
      const keys = Array.from({ length: 10_002 }, (_, i) => i);
      const found = await store.mget([...keys.slice(0, 10_001), 0], limits);
      expect(found).toHaveLength(10_002);
      expect(found[0]).toMatchObject({ row: 'first' });
      expect(found[9999]).toMatchObject({ row: 'last' });
      for (const lookup of found.slice(10_000)) {
        expect(lookup).toMatchObject({ state: 'failed', reason: 'error' });
      }
    });

    it('fails a value that its codec cannot read, alone and without telling it', async () => {
      const store = await holding(
        { good: '-1.5e3', bad: 'secret', empty: '', hex: '0x10' },
        'number',
      );
      const found = await store.mget(['bad', 'good', 'empty', 'hex'], limits);
      expect(found.map(({ state }) => state)).toEqual(['failed', 'present', 'failed', 'failed']);
      expect(found[1]).toMatchObject({ row: -1500 });
      expect(found[0]).toMatchObject({ reason: 'error' });
      const { cause } = found[0] as { cause: SightlineError };
      expect(cause.message).toContain('expected number');
      expect(`${cause.stack} ${cause.cause}`).not.toContain('secret');
    });

    it('reads a value of 1 MB and fails one that is longer', async () => {
      const fits = 'x'.repeat(maxValueBytes);
      const store = await holding({ fits, longer: `${fits}x` }, 'text');
      const [found, longer] = await store.mget(['fits', 'longer'], limits);
      expect(found).toMatchObject({ state: 'present', row: fits });
      expect(longer).toMatchObject({ state: 'failed', reason: 'error' });
    });

    it('gives back every JSON value as it was', async () => {
      const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary' }));
      await fc.assert(
        fc.asyncProperty(fc.array(json, { minLength: 1, maxLength: 20 }), async (values) => {
          const rows = Object.fromEntries(
            values.map((value, i) => [`k${i}`, value as FeatureValue]),
          );
          const store = await holding(rows);
          const found = await store.mget(Object.keys(rows), limits);
          expect(found).toEqual(
            values.map((value) => ({
              state: 'present',
              row: JSON.parse(encodeFeature(value as FeatureValue).toString()),
              writtenAtMs: expect.any(Number),
            })),
          );
        }),
        { numRuns: 10 },
      );
    });

    it('many waves at a time get each their own answer', async () => {
      const rows = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, i]));
      const store = await holding(rows);
      const waves = Array.from({ length: 50 }, (_, w) =>
        store.mget([`k${w}`, `k${(w * 7) % 50}`, 'nobody'], limits),
      );
      for (const [w, found] of (await Promise.all(waves)).entries()) {
        expect(found).toMatchObject([{ row: w }, { row: (w * 7) % 50 }, { state: 'absent' }]);
      }
    });

    it('answers nothing to a caller who has given up', async () => {
      const store = await holding({ a: 1 });
      const signal = AbortSignal.abort();
      expect(await store.mget(['a'], { timeoutMs: 5000, signal })).toMatchObject([
        { state: 'failed', reason: 'timeout' },
      ]);
    });

    it('is unavailable after it was closed, also for what was read before', async () => {
      const store = await holding({ a: 1 });
      await store.mget(['a'], limits);
      await store.close();
      expect(await store.mget(['a', 'b'], limits)).toMatchObject([
        { state: 'failed', reason: 'unavailable' },
        { state: 'failed', reason: 'unavailable' },
      ]);
      await store.close();
    });
  });
}
