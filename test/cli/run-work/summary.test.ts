import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyCounts } from '../../../src/cli/run-work/latency-counts.ts';
import { mergeExpositions } from '../../../src/cli/run-work/merge-expositions.ts';
import { renderSummary } from '../../../src/cli/run-work/render-summary.ts';
import { createRunNotes } from '../../../src/cli/run-work/run-notes.ts';
import { Tally } from '../../../src/cli/run-work/tally.ts';

const milliseconds = fc.double({ min: 0.002, max: 1e6, noNaN: true });

test('quantiles are right within one percent, and the maximum is exact', () =>
  fc.assert(
    fc.property(fc.array(milliseconds, { minLength: 1, maxLength: 200 }), (all) => {
      const counts = new LatencyCounts();
      for (const ms of all) counts.add(ms);
      const sorted = all.toSorted((a, b) => a - b);
      const { p50, p90, p99, max } = counts.latency();
      const exact = (share: number) => sorted[Math.floor(share * (all.length - 1))];
      for (const [seen, share] of [
        [p50, 0.5],
        [p90, 0.9],
        [p99, 0.99],
      ] as const) {
        expect(Math.abs(seen! - exact(share))).toBeLessThanOrEqual(exact(share) * 0.01 + 0.0005);
      }
      expect(max).toBeCloseTo(sorted.at(-1)!, 3);
    }),
  ));

test('without an answer no latency is claimed', () => {
  const tally = new Tally();
  tally.add({ code: 'SL_REQUEST_INVALID' });
  const summary = tally.summary({ work: 'home', workers: 1, resumed: 0, seconds: 0 });
  expect(summary.latency_ms).toEqual({ p50: null, p90: null, p99: null, max: null });
  expect(renderSummary(summary)).toMatch(/latency +none measured\n/);
  expect(renderSummary(summary)).toMatch(/errors +SL_REQUEST_INVALID 1\n/);
});

test('counts of threads are added up, and what stands for the process or now is kept once', () => {
  const exposition = (counted: number, gauge: string) =>
    [
      '# HELP a_total Counted.',
      '# TYPE a_total counter',
      `a_total{work="x y"} ${counted}`,
      '# HELP h Seconds.',
      '# TYPE h histogram',
      `h_bucket{le="+Inf"} ${counted}`,
      `h_sum ${counted / 2}`,
      `h_count ${counted}`,
      '# HELP g Now.',
      '# TYPE g gauge',
      `g ${gauge}`,
      '# HELP process_cpu_seconds_total Time.',
      '# TYPE process_cpu_seconds_total counter',
      `process_cpu_seconds_total ${counted}`,
      '',
    ].join('\n');
  expect(mergeExpositions([exposition(1, 'NaN'), exposition(3, '-Inf')])).toBe(
    exposition(4, '-Inf').replace('process_cpu_seconds_total 4', 'process_cpu_seconds_total 3'),
  );
  const other = '# HELP b Other.\n# TYPE b gauge\nb{of="two"} 2\n';
  expect(mergeExpositions([exposition(1, '+Inf'), other])).toBe(exposition(1, '+Inf') + other);
});

test('the note says how fast it is and how long the rest takes, not counting what was there before', () => {
  let ms = 0;
  const note = createRunNotes({ now: () => 0, monotonic: () => ms });
  ms = 1000;
  expect(note(64, 0.5)).toBe('64 lines, 64 a second');
  ms = 2000;
  expect(note(128, 0.75)).toBe('128 lines, 64 a second, 2 s left');
  const unknown = createRunNotes({ now: () => 0, monotonic: () => ms });
  ms = 4000;
  unknown(1, 0);
  expect(unknown(10, 0)).toBe('10 lines, 5 a second');
});
