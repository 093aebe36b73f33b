import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { bars, timeseries } from '../panels/panels.ts';
import { pointLinks } from '../panels/point-links.ts';
import type { Queries } from '../queries/queries.ts';

const where = { work: '=~$work', stage: '=~$stage' } as const;
const ofWork = { work: '=~$work' } as const;

/** How many candidates go through the stages. */
export function candidateRow(context: DashboardContext): Row {
  return {
    title: 'Candidates',
    panels: line(funnel(context), candidates(context, 'in'), candidates(context, 'out')),
  };
}

function funnel({ q, definition }: DashboardContext): Panel {
  const all = definition.works.flatMap((work) => work.stages.map(({ name }) => name));
  // There are none before they are retrieved.
  const stages = new Set(all).difference(new Set(['intent']));
  // A query each, as bars stand in the order of the queries.
  const queries = [...stages].map((stage) => ({
    expr: q.mean('stage_candidates', {
      where: { ...ofWork, stage, direction: 'out' },
      by: ['stage'],
      window: '$__range',
    }),
    legend: '{{stage}}',
    isInstant: true as const,
  }));
  return bars({
    key: 'funnel',
    title: 'Candidate funnel',
    description:
      'Candidates that come out of each stage, mean over the chosen time, in the order of the pipeline. Where they become too few to choose from answers get short; Retriever hits and Filtered candidates say why.',
    unit: 'short',
    min: 0,
    decimals: 0,
    queries,
    links: pointLinks('stage'),
  });
}

function candidates({ q }: DashboardContext, direction: 'in' | 'out'): Panel {
  return timeseries({
    key: `candidates-${direction}`,
    title: `Candidates ${direction}`,
    description: `Candidates that ${direction === 'in' ? 'go into' : 'come out of'} a run of a stage, mean. It moves with the catalogue and with what people ask for; a step is a release, a fall to near 0 a retriever without an answer.`,
    unit: 'short',
    min: 0,
    queries: [
      {
        expr: q.mean('stage_candidates', { where: { ...where, direction }, by: ['stage'] }),
        legend: '{{stage}}',
      },
    ],
    links: pointLinks('stage'),
  });
}

/** What the components of the chosen stages take, bring and remove. */
export function componentRow(context: DashboardContext): Row {
  return {
    title: 'Components',
    panels: line(componentLatency(context), retrieverHits(context), filterRemovals(context)),
  };
}

function componentLatency({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'component-latency',
    title: 'Component latency',
    description:
      '95 % of the runs of a component of the chosen stages end within this. They run one after the other, so the longest is the one to mend or to leave out.',
    unit: 's',
    min: 0,
    queries: [
      {
        expr: q.quantile(0.95, 'component_duration_seconds', { where, by: ['component'] }),
        legend: '{{component}}',
      },
    ],
  });
}

function retrieverHits({ q }: DashboardContext): Panel {
  const hits = q.rate('retriever_hits_total', { where: ofWork, by: ['component'] });
  return timeseries({
    key: 'retriever-hits',
    title: 'Retriever hits',
    description:
      'Candidates that each retriever brings a request, of the chosen works. One that falls to 0 has no model or knows nobody; see Data and model freshness.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: aRequest(q, hits), legend: '{{component}}' }],
    links: [{ title: 'Data and model freshness', to: { dashboard: 'freshness' } }],
  });
}

function filterRemovals({ q }: DashboardContext): Panel {
  const removed = q.rate('filter_removed_total', { where: ofWork, by: ['component'] });
  return timeseries({
    key: 'filter-removals',
    title: 'Filtered candidates',
    description:
      'Candidates that each filter removes a request, of the chosen works. A step is a rule or a catalogue that changed; filters that remove nearly all leave short answers.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: aRequest(q, removed), legend: '{{component}}' }],
  });
}

function aRequest(q: Queries, rate: string): string {
  const requests = q.count('request_duration_seconds', { where: ofWork });
  return `${rate} / on () group_left () (${requests} > 0)`;
}
