import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { known } from '../queries/share.ts';

const ofModel = { model: '=~$model' } as const;

/** How fast models that learnt from a graph answer, and how much of it they saw. */
export function graphs(context: DashboardContext): Row {
  return { title: 'Graph models', panels: line(inference(context), sampled(context)) };
}

function inference({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'graph-inference',
    title: 'Graph inference',
    description:
      'Time that a model which learnt from a graph takes to retrieve or to score for one request. It grows with the catalogue and with the items of a session that are looked at; see Component latency for the work it is part of.',
    unit: 's',
    min: 0,
    queries: [0.5, 0.95].map((quantile) => ({
      expr: known(
        q.quantile(quantile, 'graph_inference_duration_seconds', { where: ofModel, by: ['model'] }),
      ),
      legend: `{{model}} p${quantile * 100}`,
    })),
    mayBeEmpty: 'while no work asks a model that learnt from a graph',
  });
}

function sampled({ q }: DashboardContext): Panel {
  const level = (name: 'graph_sampled_edges_ratio' | 'graph_coverage_ratio') =>
    q.level(name, { where: ofModel, by: ['model'], of: 'min' });
  return timeseries({
    key: 'sampled-graph',
    title: 'Sampled graph',
    description:
      'Share of the edges that the training of the loaded version sampled, and of the items of the catalogue that it reached from others. Items that are not reached are known by their attributes alone; more walks of more steps reach more.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      { expr: level('graph_sampled_edges_ratio'), legend: '{{model}} edges sampled' },
      { expr: level('graph_coverage_ratio'), legend: '{{model}} items reached' },
    ],
    mayBeEmpty: 'while no model that learns from a graph is loaded',
  });
}
