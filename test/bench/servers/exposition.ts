/** Holds many series, in a metric set or in plain prom-client, and renders them while it watches its event loop. */
import { createExposer } from '../../../src/telemetry/exposition.ts';
import { createMetricSet } from '../../../src/telemetry/metric-set.ts';
import { collectProcessMetrics } from '../../../src/telemetry/process-metrics.ts';
import { type FilledSeries, manySeries, type Wanted } from '../exposition/many-series.ts';
import { watchTurns } from '../exposition/watch-turns.ts';
import { answerParent, programOptions } from '../harness/answer-parent.ts';
import { createStockMetrics } from './stock-metrics.ts';

/** What the program is told. */
interface ExpositionOptions {
  readonly wanted: Wanted;
  readonly by: 'sightline' | 'prom-client';
  readonly accept?: string;
}

const { wanted, by, accept } = programOptions<ExpositionOptions>();
const render = by === 'sightline' ? fillSet() : fillStock();

/** Every bucket gets an exemplar. */
function fillSet(): () => Promise<number> {
  const set = createMetricSet();
  let traces = 0;
  const count = ({ name, type, labels, values }: FilledSeries) => {
    if (type === 'counter')
      return set.counter(name as 'fallback_total', labels as never).add(values[0]);
    const histogram = set.histogram(name as 'stage_candidates', labels as never);
    for (const value of values) histogram.observe(value, (traces++).toString(16).padStart(32, '0'));
  };
  for (const series of manySeries(wanted)) count(series);
  collectProcessMetrics(set.registry);
  const expose = createExposer(set.registry);
  return async () => {
    const { chunks } = await expose(accept);
    return chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  };
}

function fillStock(): () => Promise<number> {
  const { registry, observe, increment } = createStockMetrics();
  for (const { name, type, labels, values } of manySeries(wanted)) {
    if (type === 'counter') increment(name, labels as never, values[0]);
    else for (const value of values) observe(name, labels as never, value);
  }
  collectProcessMetrics(registry);
  return async () => Buffer.byteLength(await registry.metrics());
}

answerParent(
  {},
  {
    render: () => watchTurns(render),
    bytes: render,
  },
);
