import type { Anomaly } from '../../src/domain/anomaly.ts';

/** A cause as the attribution finds it. */
export const polandCause = {
  labels: { segment: 'poland' },
  share: 0.83,
  ratio: 12.1,
  actual: 120,
  expected: 9.9,
  leaves: 14,
  pValue: 1e-12,
  surprise: 0.31,
  lattice: 'everything > segment=poland (83 %)',
};

/** An anomaly that fires, of slow answers in one segment. */
export const slowPoland: Anomaly = {
  id: 'a1',
  measure: 'slow',
  state: 'firing',
  direction: 'up',
  startedAtMs: Date.UTC(2026, 0, 31, 8),
  firedAtMs: Date.UTC(2026, 0, 31, 8, 1),
  resolvedAtMs: undefined,
  series: [
    {
      name: 'slow',
      labels: { segment: 'poland' },
      direction: 'up',
      actual: 0.4,
      expected: 0.0312,
      surprise: 9.1,
    },
  ],
  causeLabels: { segment: 'poland' },
  causes: [polandCause],
  explainedShare: 0.83,
  isUnexplained: false,
  traceIds: ['4bf92f3577b34da6a3ce929d0e0e4736'],
};
