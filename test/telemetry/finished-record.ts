import { reasonCode } from '../../src/domain/degradation.ts';
import { layOut } from '../../src/telemetry/layout.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';

/** A layout with each kind of stage: several components, one, and none. */
export const layout = layOut('home', [
  { stage: 'intent', component: 'rules', components: [] },
  {
    ...{ stage: 'retrieve', component: 'union', components: ['item2vec', 'popular'] },
    graphComponents: ['item2vec'],
  },
  { stage: 'score', component: 'blend', components: ['item2vec'] },
  { stage: 'filter', component: 'chain', components: ['hidden', 'seen'] },
]);

/** Epoch milliseconds of the monotonic zero in tests: 2026-11-21T02:00:00Z. */
export const originMs = 1_795_226_400_000;

/** Codes of `stageOutcomes`. */
const partial = 1;

/** Writes what a request of the layout measured: 12.345 ms, one retriever failed. */
export function fillRecord(record: RequestRecord): RequestRecord {
  record.reset(layout);
  Object.assign(record, {
    requestId: 'req-1',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    parentSpanId: 'b7ad6b7169203331',
    traceState: 'vendor=1',
    method: 'POST',
    route: '/v1/recommend/{work}',
    path: '/v1/recommend/home',
    strategy: 'blend',
    segment: 'de',
    catalog: 'shoes',
    assignment: {
      experiment: 'ranking',
      variant: 'b',
      name: 'ranking/b',
      work: 'home',
      reason: 'split',
      by: 'user',
      provider: 'sightline',
      isCounted: true,
    },
    variant: 'ranking/b',
    targetingKey: 'visit-1',
    owner: 'visit-1',
    door: 'coats',
    generation: 'g7',
    outcome: 'fallback',
    startedAt: 1000,
    endedAt: 1012.345,
    requested: 20,
    returned: 3,
    sessionLength: 4,
  });
  const columns = [
    [1000.5, 1000.75, 0, 0],
    [1001, 1006.5, 0, 500],
    [1006.5, 1010.001, 500, 500],
    [1010.001, 1012, 500, 3],
  ];
  columns.forEach(([start, end, into, outOf], s) => {
    record.stageStart[s] = start;
    record.stageEnd[s] = end;
    record.stageIn[s] = into;
    record.stageOut[s] = outOf;
  });
  record.stageOutcome[1] = partial;
  record.stageReason[1] = reasonCode['model.unavailable'];
  record.componentMs.set([1.5, 4, 3.5, 1, 0.25]);
  record.componentCount.set([0, 500, 500, 490, 7]);
  record.slate.set([11, 22, 33]);
  record.predicted.set([0.5, 0.25, Number.NaN]);
  record.degrade({
    stage: 'retrieve',
    component: 'item2vec',
    reason: 'model.unavailable',
    action: 'skip_component',
    changedSlate: true,
    coverage: 0.5,
    cause: new TypeError('no vectors', { cause: new RangeError('file ends early') }),
  });
  return record;
}

/** A finished request of the layout. */
export function finishedRecord(): RequestRecord {
  return fillRecord(new RequestRecord());
}
