import { expect, test } from 'vitest';
import { countSpans } from '../servers/count-spans.ts';
import { createRequestSource } from '../servers/load-requests.ts';
import { createClickstream } from './clickstream.ts';
import { createRandom, shuffled } from './random.ts';
import { bootstrap, quantileOf, spreadOf } from './spread.ts';

test('quartiles are interpolated between neighbours', () => {
  expect(quantileOf([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(spreadOf([1, 2, 3])).toEqual({ median: 2, iqr: [1.5, 2.5] });
});

test('resampling gives the statistic of all rounds and a range around it', () => {
  const rounds = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const { median, iqr } = bootstrap(rounds, (sample) => quantileOf(sample, 0.5), {
    random: createRandom(1),
  });
  expect(median).toBe(5);
  expect(iqr[0]).toBeLessThanOrEqual(5);
  expect(iqr[1]).toBeGreaterThanOrEqual(5);
});

test('the order of bursts follows from the seed', () => {
  const values = [1, 2, 3, 4, 5];
  expect(shuffled(values, createRandom(3))).toEqual(shuffled(values, createRandom(3)));
  expect(shuffled(values, createRandom(3)).toSorted()).toEqual(values);
});

/** A length-delimited protobuf field. */
const field = (number: number, ...parts: Uint8Array[]) => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), body]);
};

test('spans are counted through all resources and scopes', () => {
  const span = field(2, Buffer.alloc(150));
  const scope = field(1, Buffer.from('name'));
  const request = Buffer.concat([
    field(1, field(1, Buffer.alloc(9)), field(2, scope, span, span), field(2, span)),
    field(1, field(2, span)),
  ]);
  expect(countSpans(request)).toBe(4);
  expect(countSpans(Buffer.alloc(0))).toBe(0);
});

test('feedback ids are numbered on over all requests and bursts', () => {
  const templates = ['x"id":"000000000000"y"id":"000000000000"z'];
  const requestsOf = createRequestSource();
  const next = requestsOf({ templates });
  expect(next().toString()).toBe('x"id":"000000000001"y"id":"000000000002"z');
  expect(next().toString()).toBe('x"id":"000000000003"y"id":"000000000004"z');
  expect(requestsOf({ templates })().toString()).toContain('"000000000005"');
});

test('the made-up shop is the same for the same options and ends when it is told to', () => {
  const options = { items: 200, clusters: 10, sessions: 100, endMs: 1e12 };
  const { items, feedback, newest } = createClickstream(options);
  expect(createClickstream(options)).toEqual({ items, feedback, newest });
  expect(items).toHaveLength(200);
  expect(feedback.at(-1)!.atMs).toBe(1e12);
  expect(feedback.at(-1)!.session).toBe(newest[0]);
  const ids = new Set(items.map(({ id }) => id));
  expect(feedback.every(({ item }) => ids.has(item))).toBe(true);
});
