import { expect, test } from 'vitest';
import type { SightlineError } from '../../../src/domain/errors.ts';
import { tableMetrics } from '../../../src/provisioning/source/metric-definition.ts';
import { breaches } from '../../../src/provisioning/source/naming.ts';
import { parseOwnMetrics } from '../../../src/provisioning/source/own-metrics.ts';

/** The mistakes of a file, one line each. */
function mistakesOf(text: string): string[] {
  try {
    parseOwnMetrics(text);
  } catch (error) {
    const { code, mistakes } = error as SightlineError;
    expect(code).toBe('SL_CONFIG_INVALID');
    return mistakes.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

const checkouts = 'help: Checkouts, owner: shop, panel: Checkouts';

test('the table of series keeps its own conventions', () => {
  expect(breaches(tableMetrics())).toEqual([]);
});

test('a metric of a plugin is read with its defaults', () => {
  const text = `
shop_checkouts_total: { type: counter, labels: [method, status], ${checkouts} }
shop_basket_bytes: { type: histogram, unit: bytes, buckets: [100, 1000], ${checkouts} }`;
  expect(parseOwnMetrics(text)).toEqual([
    {
      name: 'shop_checkouts_total',
      type: 'counter',
      unit: '',
      help: 'Checkouts',
      labels: ['method', 'status'],
      owner: 'shop',
      panel: 'Checkouts',
    },
    expect.objectContaining({ name: 'shop_basket_bytes', buckets: [100, 1000] }),
  ]);
});

test('an empty file has no metrics', () => {
  expect(parseOwnMetrics('')).toEqual([]);
  expect(parseOwnMetrics('# nothing yet')).toEqual([]);
});

test.each([
  ['Shop_total: { type: counter, H }', 'Shop_total: is no metric name'],
  [
    'shop_checkouts: { type: counter, H }',
    'shop_checkouts: is a counter, expected a name that ends in _total',
  ],
  ['shop_carts_total: { type: gauge, H }', 'shop_carts_total: is a gauge'],
  ['shop_wait_ms: { type: gauge, H }', 'shop_wait_ms: is in ms, expected the base unit seconds'],
  [
    'shop_wait: { type: gauge, unit: seconds, H }',
    'shop_wait: is in seconds, expected a name that ends in _seconds',
  ],
  ['shop_carts_count: { type: gauge, H }', 'shop_carts_count: ends like a part of a histogram'],
  ['shop_carts_gauge: { type: gauge, H }', 'shop_carts_gauge: has its type in its name'],
  ['shop_carts: { type: gauge, owner: shop, panel: P }', 'shop_carts: has no help'],
  ['shop_carts: { type: gauge, help: Carts, panel: P }', 'shop_carts: has no owner'],
  ['shop_carts: { type: gauge, help: Carts, owner: shop }', 'shop_carts: has no panel'],
  [
    'shop_size_bytes: { type: histogram, unit: bytes, H }',
    'shop_size_bytes: is a histogram, expected buckets',
  ],
  [
    'shop_size_bytes: { type: histogram, buckets: [2, 1], H }',
    'shop_size_bytes: has buckets out of order',
  ],
  ['shop_carts: { type: gauge, buckets: [1], H }', 'shop_carts: is a gauge, expected no buckets'],
  ['shop_carts: { type: gauge, labels: [le], H }', 'shop_carts.labels.le: is reserved'],
  [
    'shop_carts: { type: gauge, labels: [__name__], H }',
    'shop_carts.labels.__name__: is no label name',
  ],
  [
    'shop_carts: { type: gauge, labels: [user_id], H }',
    'shop_carts.labels.user_id: has no bounded set',
  ],
  ['shop_carts: { type: gauge, labels: [a, a], H }', 'shop_carts.labels.a: stands twice'],
  [
    'shop_carts: { type: gauge, labels: [a, b, c, d, e, f, g, h, i], H }',
    'shop_carts: has 9 labels',
  ],
  ['sightline_fallback_total: { type: counter, H }', 'sightline_fallback_total: stands twice'],
  ['shop_carts: { type: summary, H }', 'shop_carts.type: '],
  ['shop_carts: { type: gauge, colour: red, H }', 'shop_carts: Unrecognized key'],
  ['shop_carts: 3', 'shop_carts: Invalid input'],
  ['[1, 2]', ': is no map'],
  ['a: [', ': is not YAML'],
  ['shop_carts: { type: gauge, H }\nshop_carts: { type: gauge, H }', ': is not YAML'],
])('%s is refused by name', (text, mistake) => {
  expect(mistakesOf(text.replaceAll('H }', `${checkouts} }`))).toEqual([
    expect.stringContaining(mistake),
  ]);
});

test('every breach of every metric is told at once', () => {
  const text = 'shop_wait_ms: { type: counter, labels: [user_id, job] }\nother: { type: gauge }';
  expect(mistakesOf(text)).toHaveLength(10);
});

test('a file without end is refused', () => {
  expect(mistakesOf('#'.repeat(1_000_001))).toEqual([expect.stringContaining('1000000 at most')]);
  const many = Array.from(
    { length: 501 },
    (_, i) => `shop_carts${i}: { type: gauge, ${checkouts} }`,
  );
  expect(mistakesOf(many.join('\n'))).toEqual([': has 501 metrics, expected 500 at most']);
});
