import { expect, test } from 'vitest';
import type { SeriesSource } from '../../../src/anomaly/watched/all-series.ts';
import { createRegisteredSeries } from '../../../src/anomaly/watched/registered-series.ts';
import type { Registration } from '../../../src/anomaly/watched/registration.ts';
import { SightlineError } from '../../../src/domain/errors.ts';
import { following } from './read-series.ts';

const level = (name: string, read: () => number = () => 1): Registration => ({
  name,
  kind: 'level',
  read,
});

function refusalOf(act: () => void): string {
  try {
    act();
  } catch (cause) {
    if (cause instanceof SightlineError) return `${cause.code} ${cause.message}`;
  }
  return 'none';
}

test('levels, ratios and events read as they are', () => {
  const own = createRegisteredSeries();
  own.register({ name: 'queue', kind: 'level', direction: 'up', read: () => 12 });
  own.register({ name: 'paid', kind: 'ratio', read: () => ({ hits: 3, trials: 40 }) });
  own.register({
    name: 'orders',
    labels: { shop: 'pl' },
    kind: 'count',
    read: () => ({ events: 7 }),
  });
  const { values, trials, added } = following(own)();
  expect(values).toEqual({ queue: 12, paid: 3, 'orders{pl}': 7 });
  expect(trials).toEqual({ queue: Number.NaN, paid: 40, 'orders{pl}': Number.NaN });
  expect(added).toEqual([
    { name: 'queue', labels: {}, kind: 'level', direction: 'up', measure: undefined },
    { name: 'paid', labels: {}, kind: 'ratio', direction: 'both', measure: undefined },
    {
      name: 'orders',
      labels: { shop: 'pl' },
      kind: 'count',
      direction: 'both',
      measure: undefined,
    },
  ]);
});

test('a total reads as what it grew by, and as nothing at first and where it fell', () => {
  const own = createRegisteredSeries();
  const totals = [10, 15, 4, 6, Number.NaN, 9, 11];
  let at = 0;
  own.register({ name: 'orders', kind: 'count', read: () => ({ total: totals[at++] }) });
  const read = following(own);
  const seen = totals.map(() => read().values.orders);
  // After the reading that failed, the growth of two ticks would read as that of one.
  expect(seen).toEqual([Number.NaN, 5, Number.NaN, 2, Number.NaN, Number.NaN, 2]);
  expect(own.failures).toBe(1);
});

test('a reading that throws costs only its own series and is counted', () => {
  const own = createRegisteredSeries();
  own.register(level('before'));
  own.register(
    level('broken', () => {
      throw new Error('gone');
    }),
  );
  own.register(level('after'));
  const read = following(own);
  expect(read().values).toEqual({ before: 1, broken: Number.NaN, after: 1 });
  read();
  expect(own.failures).toBe(2);
});

test.each([
  ['a level without end', { kind: 'level', read: () => Number.POSITIVE_INFINITY }],
  ['a level that is text', { kind: 'level', read: () => '5' as unknown as number }],
  ['a promise of a level', { kind: 'level', read: async () => 5 }],
  ['negative events', { kind: 'count', read: () => ({ events: -1 }) }],
  ['nothing at all', { kind: 'count', read: () => undefined }],
  ['more hits than trials', { kind: 'ratio', read: () => ({ hits: 3, trials: 2 }) }],
  ['negative hits', { kind: 'ratio', read: () => ({ hits: -1, trials: 2 }) }],
  [
    'endless trials',
    { kind: 'ratio', read: () => ({ hits: 1, trials: Number.POSITIVE_INFINITY }) },
  ],
])('%s reads as nothing and is counted', (_what, how) => {
  const own = createRegisteredSeries();
  own.register({ name: 'odd', ...how } as Registration);
  const { values, trials } = following(own)();
  expect([values.odd, trials.odd, own.failures]).toEqual([Number.NaN, Number.NaN, 1]);
});

test('after a gap only levels are read', () => {
  const own = createRegisteredSeries({ tickSeconds: 10 });
  let total = 0;
  own.register(level('queue'));
  own.register({ name: 'paid', kind: 'ratio', read: () => ({ hits: 1, trials: 2 }) });
  own.register({ name: 'orders', kind: 'count', read: () => ({ events: 8 }) });
  own.register({
    name: 'visits',
    kind: 'count',
    read: () => {
      total += 8;
      return { total };
    },
  });
  const read = following(own);
  read(10);
  const none = Number.NaN;
  expect(read(1000).values).toEqual({ queue: 1, paid: none, orders: none, visits: none });
  expect(read(20).values).toEqual({ queue: 1, paid: 1, orders: 4, visits: 4 });
  expect(own.failures).toBe(0);
});

test('a series that ended reads as nothing, and its place waits for it', () => {
  const own = createRegisteredSeries();
  const read = following(own);
  own.register(level('first'));
  own.register(level('second'));
  read();
  expect(own.unregister('first')).toBe(true);
  expect(own.unregister('first')).toBe(false);
  expect(read().values).toEqual({ first: Number.NaN, second: 1 });
  own.register(level('first', () => 5));
  const { values, added } = read();
  expect(values).toEqual({ first: 5, second: 1 });
  expect(added).toEqual([]);
});

test('a series of another kind does not take the place of the one before', () => {
  const own = createRegisteredSeries();
  own.register(level('orders'));
  own.read(30);
  own.unregister('orders');
  own.register({ name: 'orders', kind: 'count', read: () => ({ events: 2 }) });
  const { added, values } = own.read(30);
  expect(added.map(({ kind }) => kind)).toEqual(['count']);
  expect([...values]).toEqual([Number.NaN, 2]);
});

test('a reading may register others, which are read in this tick or the next', () => {
  const own: SeriesSource & ReturnType<typeof createRegisteredSeries> = createRegisteredSeries();
  own.register(
    level('parent', () => {
      if (own.unregister('child')) return 2;
      own.register(level('child'));
      return 1;
    }),
  );
  const read = following(own);
  expect(read().values).toEqual({ parent: 1, child: 1 });
  expect(read().values).toEqual({ parent: 2, child: Number.NaN });
});

test.each([
  ['', 'expected a letter'],
  ['9lives', 'expected a letter'],
  ['two words', 'expected a letter'],
  ['x'.repeat(121), 'expected a letter'],
  ['requests', 'does not use itself'],
  ['fallback_total', 'does not use itself'],
])('the name %j is refused', (name, why) => {
  const own = createRegisteredSeries();
  const refusal = refusalOf(() => own.register(level(name)));
  expect(refusal).toMatch(/^SL_CONFIG_INVALID watched series /);
  expect(refusal).toContain(why);
  expect(own.read(30).values.length).toBe(0);
});

test('labels, kinds, directions and readers that do not fit are refused', () => {
  const own = createRegisteredSeries();
  const refusal = (odd: object) =>
    refusalOf(() => own.register({ ...level('queue'), ...odd } as Registration));
  const nine = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`l${n}`, 'x']));
  expect(refusal({ labels: nine })).toContain('got 9 labels');
  expect(refusal({ labels: { 'a-b': 'x' } })).toContain('got label a-b');
  for (const value of ['', ' x', 'a\nb', 'x'.repeat(121), 5]) {
    expect(refusal({ labels: { shop: value } })).toContain('value of label shop');
  }
  expect(refusal({ kind: 'gauge' })).toContain('got kind gauge');
  expect(refusal({ direction: 'sideways' })).toContain('got direction sideways');
  expect(refusal({ read: 5 })).toContain('a function');
  expect(refusal({})).toBe('none');
});

test('the same name with the same labels in any order is refused, with others it is another series', () => {
  const own = createRegisteredSeries();
  const orders = (labels: Record<string, string>) => () =>
    own.register({ ...level('orders'), labels });
  orders({ shop: 'pl', channel: 'web' })();
  expect(refusalOf(orders({ channel: 'web', shop: 'pl' }))).toContain('is registered already');
  expect(refusalOf(orders({ shop: 'pl' }))).toBe('none');
  expect(own.read(30).values.length).toBe(2);
});

test('where all places are taken a further series is refused and the others are read', () => {
  const own = createRegisteredSeries({ maxSeries: 2 });
  own.register(level('a'));
  own.register(level('b'));
  expect(refusalOf(() => own.register(level('c')))).toContain('expected at most 2');
  own.unregister('a');
  expect(refusalOf(() => own.register(level('a')))).toBe('none');
  expect([...own.read(30).values]).toEqual([1, 1]);
});
