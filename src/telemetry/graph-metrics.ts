import { stageSeconds } from './buckets.ts';
import type { MetricRow } from './metric-row.ts';

/** Series about models that learn from a graph, and about how vectors move from version to version. */
export const graphMetrics = {
  graph_inference_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time a model that learnt from a graph took to retrieve or to score for one request',
    labels: ['model'],
    buckets: stageSeconds,
    owner: 'request.finished',
    panel: 'Graph inference',
    // The same times are watched as those of components.
    watch: 'none',
  },
  graph_sampled_edges_ratio: {
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of the edges from items that the training of the model sampled at least once',
    labels: ['model'],
    owner: 'model.loaded',
    panel: 'Sampled graph',
    watch: 'none',
  },
  graph_coverage_ratio: {
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of the items of the catalogue that the training of the model reached from others',
    labels: ['model'],
    owner: 'model.loaded',
    panel: 'Sampled graph',
    watch: 'none',
  },
  embedding_drift_ratio: {
    type: 'gauge',
    unit: 'ratio',
    help: 'How far the vectors of a model that was published moved from those it replaced',
    labels: ['model'],
    owner: 'vectors.compared',
    panel: 'Embedding drift',
    watch: 'none',
  },
} as const satisfies Record<string, MetricRow>;
