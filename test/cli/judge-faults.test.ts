import { expect, test } from 'vitest';
import type { FoundAnomaly } from '../../src/cli/replay/control.ts';
import { parseFaultScript } from '../../src/cli/replay/fault-script.ts';
import { areAllFound, judgeFaults } from '../../src/cli/replay/judge-faults.ts';
import { renderFaults } from '../../src/cli/replay/render-faults.ts';

const startedAtMs = Date.UTC(2026, 0, 31, 9);

/** An anomaly that fires at a second of the replay, with the labels of its causes. */
const anomaly = (
  measure: string,
  second: number,
  { causes = [], resolved = false }: { causes?: Record<string, string>[]; resolved?: boolean } = {},
) => {
  const at = (seconds: number) => new Date(startedAtMs + seconds * 1000).toISOString();
  const first = {
    ...{ id: `${measure}-${second}`, measure, state: 'firing', direction: 'up' },
    ...{ started_at: at(second - 2), fired_at: at(second), resolved_at: null },
    ...{ explained_share: 1, unexplained: false, series: [], trace_ids: [] },
    causes: causes.map((labels) => ({ labels })),
  } as unknown as FoundAnomaly;
  const last = resolved
    ? ({ ...first, state: 'resolved', resolved_at: at(second + 9) } as const)
    : first;
  return { first, last };
};

const { faults } = parseFaultScript(
  `
faults:
  - name: slow poland
    at: 60
    for: 30
    kind: slow-store
    delayMs: 40
    expect: { measure: [slow, degraded], labels: { segment: poland } }
  - name: bad model
    at: 120
    for: 30
    kind: bad-model
    expect: { measure: clicks, labels: [{ work: home }, { strategy: home-blend }] }
  - { name: unjudged, at: 180, for: 30, kind: failing-store }
`,
  'f.yaml',
);
const judge = (...seen: ReturnType<typeof anomaly>[]) =>
  judgeFaults(faults, seen, { startedAtMs, tickSeconds: 5 });

const poland = { causes: [{ segment: 'poland' }] };
const home = { causes: [{ strategy: 'home-blend' }] };

test('a fault is found by the first anomaly of an expected measure while it lasts', () => {
  const report = judge(
    anomaly('slow', 71, { causes: [{ segment: 'sweden' }] }),
    anomaly('degraded', 67, { ...poland, resolved: true }),
    anomaly('clicks', 61),
    anomaly('clicks', 124, home),
    anomaly('missing', 190),
  );
  expect(report.faults).toMatchObject([
    {
      fault: 'slow poland',
      found: true,
      measure: 'degraded',
      seconds: 7,
      ticks: 2,
      cause: { segment: 'poland' },
      right_cause: true,
      resolved: true,
      fired: ['clicks', 'degraded', 'slow'],
    },
    { fault: 'bad model', found: true, ticks: 1, right_cause: true, resolved: false },
    { fault: 'unjudged', found: true, measure: 'missing', cause: null, right_cause: null },
  ]);
  expect(report.false_alarms).toEqual([]);
  expect(areAllFound(report)).toBe(true);
});

test.each([
  ['another value', [{ segment: 'sweden' }], false],
  ['a value more', [{ segment: 'poland', catalog: 'skirts' }], false],
  ['no label at all', [{}], false],
  ['no cause', [], false],
  ['the true cause second', [{ segment: 'sweden' }, { segment: 'poland' }], false],
  ['where it shows as well', [{ segment: 'poland', stage: 'features', reason: 'x' }], true],
])('a cause with %s is judged', (_, causes, isRight) => {
  const [verdict] = judge(anomaly('slow', 70, { causes: causes as never })).faults;
  expect(verdict.right_cause).toBe(isRight);
});

test('a stage that is expected must be named', () => {
  const script = `faults: [{ kind: slow-stage, stage: score, delayMs: 9, for: 30,
    expect: { measure: slow, labels: { stage: score } } }]`;
  const rightFor = (labels: Record<string, string>) =>
    judgeFaults(
      parseFaultScript(script, 'f.yaml').faults,
      [anomaly('slow', 5, { causes: [labels] })],
      { startedAtMs, tickSeconds: 1 },
    ).faults[0].right_cause;
  expect([rightFor({ stage: 'score' }), rightFor({ stage: 'rerank' }), rightFor({})]).toEqual([
    true,
    false,
    false,
  ]);
});

test('what fires outside of all faults is a false alarm, and before the replay it is nobody’s', () => {
  const report = judge(
    anomaly('slow', -5, poland),
    anomaly('slow', 59, poland),
    // Three ticks after the end things may still be going back to normal.
    anomaly('slow', 104, poland),
    anomaly('slow', 105, poland),
  );
  expect(
    report.false_alarms.map(({ fired_at }) => (Date.parse(fired_at) - startedAtMs) / 1000),
  ).toEqual([59, 105]);
  expect(report.faults[0]).toMatchObject({ found: true, seconds: 44 });
});

test('a fault that nothing showed is not found, and the table says what fired instead', () => {
  const report = judge(anomaly('missing', 61), anomaly('requests', 10, { causes: [{}] }));
  expect(report.faults[0]).toMatchObject({
    found: false,
    seconds: null,
    cause: null,
    right_cause: false,
    fired: ['missing'],
  });
  expect(areAllFound(report)).toBe(false);
  expect(renderFaults(report).split('\n').slice(0, 2)).toEqual([
    '  fault        when       found            after  first cause named  right  resolved',
    '  slow poland  60-90 s    no, but missing                            no',
  ]);
  expect(renderFaults(report)).toContain('alarms while nothing was broken: requests (all traffic)');
});
