import { expect, test } from 'vitest';
import { readPromQL } from './promql-labels.ts';
import { namesIn } from './promql-names.ts';

const known = new Map([
  ['a', new Set(['job', 'x', 'y'])],
  ['b', new Set(['job', 'x'])],
  ['c_bucket', new Set(['job', 'le'])],
]);
const labelsOf = (expr: string) => [...readPromQL(expr, known).labels].sort();
const mistakesIn = (expr: string) => readPromQL(expr, known).mistakes;

test('the names of an expression are its series and what all of their selectors match on', () => {
  const { metrics, labels } = namesIn(
    'rate(a{job="j", x=~"$x"}[$__rate_interval]) / on (job) b{job="j"} + a{job="j"} offset 5m',
  );
  expect([...metrics]).toEqual(['a', 'b']);
  expect(labels).toEqual(
    new Map([
      ['a', new Set(['job'])],
      ['b', new Set(['job'])],
    ]),
  );
});

test('an expression that does not parse is refused with the place', () => {
  expect(() => namesIn('sum(a')).toThrow('syntax error');
  expect(() => namesIn('a{x="1"} by (x)')).toThrow('syntax error');
  expect(() => namesIn('')).toThrow('syntax error');
});

test('an answer has the labels that its operators leave', () => {
  expect(labelsOf('sum by (x) (a)')).toEqual(['x']);
  expect(labelsOf('sum without (x) (a)')).toEqual(['job', 'y']);
  expect(labelsOf('sum(a) or vector(0)')).toEqual([]);
  expect(labelsOf('topk(3, a)')).toEqual(['job', 'x', 'y']);
  expect(labelsOf('histogram_quantile(0.5, rate(c_bucket[5m]))')).toEqual(['job']);
  expect(labelsOf('a * on (job) group_left () b')).toEqual(['job', 'x', 'y']);
  expect(labelsOf('b * on (job) group_right (x) sum by (job) (a)')).toEqual(['job', 'x']);
  expect(labelsOf('a / on (job) b')).toEqual(['job']);
  expect(labelsOf('a / ignoring (y) group_left () b')).toEqual(['job', 'x', 'y']);
  expect(labelsOf('time() - max by (x) (a)')).toEqual(['x']);
  expect(labelsOf('label_replace(b, "z", "$1", "x", "(.*)")')).toEqual(['job', 'x', 'z']);
  expect(labelsOf('b unless b == last_over_time(b[1h] offset 5m)')).toEqual(['job', 'x']);
});

test('what does not exist is named', () => {
  expect(mistakesIn('sum by (x) (z)')[0]).toMatch(/^no series z in/);
  expect(mistakesIn('b{y="1"}')[0]).toMatch(/^no label y at b\{y="1"\} in/);
  expect(mistakesIn('sum by (y) (rate(b[5m]))')[0]).toMatch(/^no label y at/);
  expect(mistakesIn('b * on (y) a')).toHaveLength(1);
  expect(mistakesIn('a * on (job) group_left (y) b')).toHaveLength(1);
  expect(mistakesIn('histogram_quantile(0.5, sum(c_bucket))')[0]).toMatch(/^no label le at/);
  expect(mistakesIn('max by (x) (max by (job) (b))')).toHaveLength(1);
});

test('sides that can never match are named', () => {
  expect(mistakesIn('sum by (x) (a) / sum by (job) (b)')[0]).toMatch(/^sides differ by x,job/);
  expect(mistakesIn('a unless b')[0]).toMatch(/^sides differ by y/);
  expect(mistakesIn('sum by (x) (a) / sum by (x) (b) > 0.5')).toEqual([]);
});
