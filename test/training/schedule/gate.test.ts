import { expect, test } from 'vitest';
import { createRng } from '../../../src/math/rng.ts';
import {
  type GateBasis,
  judgeCandidate,
  type MeasuredVersion,
} from '../../../src/training/schedule/gate.ts';
import { trainingSchema } from '../../../src/training/training-schema.ts';

const { gate: options } = trainingSchema.parse({});

/** A version whose cases have an NDCG around `ndcg`. */
function measured(ndcg: number, change: Partial<MeasuredVersion['probe']> = {}): MeasuredVersion {
  const rng = createRng(9);
  const ndcgs = Float64Array.from({ length: 400 }, () => ndcg + (rng.unit() - 0.5) * 0.2);
  const lists = { recall: ndcg, ndcg, mrr: ndcg, hitRate: ndcg, precision: ndcg };
  const measures = { ...lists, coverage: 0.5, novelty: 7 };
  return {
    quality: { task: 'next-click', cases: ndcgs.length, measures, ndcgs },
    probe: { isSound: true, coverage: 0.5, queryMs: 1, ...change },
  };
}

const judge = (
  candidate: MeasuredVersion,
  other: MeasuredVersion | undefined,
  basis: GateBasis = 'as-is',
  change: Partial<typeof options> = {},
) => judgeCandidate(candidate, other, { basis, options: { ...options, ...change } });

const reasonsOf = (...asked: Parameters<typeof judge>) =>
  judge(...asked).reasons.map(({ reason }) => reason);

test('a candidate that is as good or better passes', () => {
  expect(judge(measured(0.3), measured(0.3))).toMatchObject({ verdict: 'promote', reasons: [] });
  expect(judge(measured(0.4), measured(0.3)).difference?.low).toBeGreaterThan(0);
});

test('a candidate that is worse beyond chance is rejected with both numbers', () => {
  const { verdict, reasons } = judge(measured(0.25), measured(0.3));
  expect(verdict).toBe('reject');
  expect(reasons).toEqual([
    {
      reason: 'worse',
      message: 'NDCG differs by -0.05 (-0.05 to -0.05) on 400 cases, expected 0 at least',
    },
  ]);
});

test('a loss that is allowed, and one within chance, pass', () => {
  expect(reasonsOf(measured(0.29), measured(0.3), 'as-is', { maxLoss: 0.1 })).toEqual([]);
  const [candidate, other] = [measured(0.3), measured(0.3)];
  const shuffled = other.quality!.ndcgs.map((_, i, all) => all[(i * 7) % all.length]);
  const noisy = { ...other, quality: { ...other.quality!, ndcgs: shuffled } };
  expect(reasonsOf(candidate, noisy)).toEqual([]);
});

test('what is unsound, slow or narrow is rejected, also where there is nothing to lose', () => {
  expect(reasonsOf(measured(0.9, { isSound: false }), undefined, 'first')).toEqual(['unsound']);
  expect(reasonsOf(measured(0.9, { queryMs: 26 }), undefined, 'first')).toEqual(['slow']);
  expect(reasonsOf(measured(0.9, { coverage: 0.2 }), measured(0.3))).toEqual(['narrow']);
  expect(
    reasonsOf(measured(0.9, { coverage: 0.2 }), undefined, 'first', { minCoverage: 0.3 }),
  ).toEqual(['narrow']);
});

test('all reasons are told, not the first alone', () => {
  const bad = measured(0.1, { isSound: false, queryMs: 99, coverage: 0 });
  expect(reasonsOf(bad, measured(0.3))).toEqual(['unsound', 'slow', 'narrow', 'worse']);
});

test('with too few cases a new recipe waits, and a known one passes', () => {
  const few = (ndcg: number): MeasuredVersion => ({
    ...measured(ndcg),
    quality: { ...measured(ndcg).quality!, cases: 5, ndcgs: new Float64Array(5).fill(ndcg) },
  });
  expect(judge(few(0.1), few(0.9), 'refit').reasons).toEqual([
    { reason: 'too_few_cases', message: 'hold-out has 5 cases, expected 30 at least' },
  ]);
  expect(reasonsOf(few(0.1), undefined, 'none')).toEqual([]);
  expect(reasonsOf(few(0.1), undefined, 'first')).toEqual([]);
});
