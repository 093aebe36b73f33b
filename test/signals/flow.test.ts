import { expect, test } from 'vitest';
import { flow as kind } from '../../src/signals/flow.ts';
import { testContext } from './context.ts';
import { observe } from './observed.ts';

const createFlow = () => kind.create(testContext(), undefined);

test('events are counted by kind and their time in the ring is measured', () => {
  const flow = createFlow();
  observe(flow, [{ kind: 0 }, { kind: 0 }, { kind: 2 }], { putAtMs: 100, nowMs: 110 });
  observe(flow, [{ kind: 1 }], { putAtMs: 200, nowMs: 250 });
  expect(flow.report(0)).toMatchObject({
    events: { exposure: 2, feedback: 1, request: 1 },
    lagMeanSeconds: 0.02,
    lagMaxSeconds: 0.05,
  });
});

test('a report begins a new period', () => {
  const flow = createFlow();
  observe(flow, [{ kind: 0 }], { putAtMs: 100, nowMs: 110 });
  flow.report(0);
  expect(flow.report(0)).toMatchObject({
    events: { exposure: 0, feedback: 0, request: 0 },
    lagMeanSeconds: 0,
    lagMaxSeconds: 0,
  });
});

test('clocks that disagree give no negative lag', () => {
  const flow = createFlow();
  observe(flow, [{ kind: 0 }], { putAtMs: 100, nowMs: 99.9 });
  expect(flow.report(0)).toMatchObject({ lagMeanSeconds: 0, lagMaxSeconds: 0 });
});

test('what a report holds is told as facts', () => {
  const facts: unknown[] = [];
  const found = {
    events: { exposure: 40, feedback: 0, request: 2 },
    lagMeanSeconds: 0.01,
    lagMaxSeconds: 0.02,
    readings: [],
  };
  kind.tell(found, (name, fact) => facts.push([name, fact]));
  expect(facts).toEqual([
    ['events.drained', { kind: 'exposure', events: 40 }],
    ['events.drained', { kind: 'request', events: 2 }],
    ['ring.lagged', { meanSeconds: 0.01, maxSeconds: 0.02 }],
  ]);
});
