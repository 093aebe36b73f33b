import { both, numberRow, slice } from '../panels/comparison-numbers.ts';
import { createContext, type DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { pointLinks } from '../panels/point-links.ts';
import {
  clickCalibration,
  coverage,
  diversity,
  novelty,
  predictionError,
  repetition,
} from '../panels/quality-panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { degradedShare, latencyBy, requestRate } from '../panels/traffic-panels.ts';
import { differenceRow } from '../rows/difference-row.ts';
import type { Panel, Row, Variable } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

/** Two strategies beside each other, and which of their differences are more than chance. */
export const strategyComparison: DashboardMaker = (definition) => {
  const context = createContext(definition);
  const { segment, catalog } = context.variables;
  return {
    key: 'strategy-comparison',
    title: 'Strategy comparison',
    description:
      'Two strategies beside each other: what they serve, how fast and how good, and which differences are more than chance.',
    variables: [...sides(context), segment, catalog],
    rows: [numberRow(context), differenceRow(context), served(context), quality(context)],
  };
};

/** The candidate is one of the others, so that nothing is compared with itself. */
function sides({ q, variables: { strategy } }: DashboardContext): Variable[] {
  const others = q.select('request_duration_seconds', { strategy: '!=$baseline' }, '_count');
  return [
    {
      ...strategy,
      name: 'baseline',
      label: 'Baseline',
      description: 'What it is compared with: the control of an experiment.',
      isSingle: true,
    },
    {
      ...strategy,
      name: 'candidate',
      label: 'Candidate',
      description: 'What may replace the baseline: the treatment of an experiment.',
      values: { ...strategy.values, selector: others },
      isSingle: true,
    },
  ];
}

function served(context: DashboardContext): Row {
  const view = { where: { ...slice, strategy: both }, by: 'strategy' } as const;
  return {
    title: 'Served, side by side',
    panels: [
      ...line(requestRate(context, view), latencyBy(context, view), degradedShare(context, view)),
      ...line(medianLatency(context), latencyRatio(context), outcomesByStrategy(context)),
    ],
  };
}

function quality(context: DashboardContext): Row {
  const clicks = {
    where: { strategy: both, catalog: slice.catalog },
    by: ['strategy'],
  } as const;
  const slates = { where: { strategy: both }, by: ['strategy'] } as const;
  return {
    title: 'Quality, side by side',
    panels: [
      ...line(diversity(context, slates), novelty(context, slates), repetition(context, slates)),
      ...line(
        clickCalibration(context, clicks),
        predictionError(context, clicks),
        coverage(context, clicks),
      ),
    ],
  };
}

function medianLatency({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'latency-p50',
    title: 'Latency p50 by strategy',
    description:
      'Half of the requests are answered within this. Two strategies that differ here differ for everybody; those that differ in p95 alone wait for something now and then.',
    unit: 's',
    min: 0,
    queries: [
      {
        expr: q.quantile(0.5, 'request_duration_seconds', {
          where: { ...slice, strategy: both },
          by: ['strategy'],
        }),
        legend: '{{strategy}}',
        hasExemplars: true,
      },
    ],
    links: pointLinks('strategy'),
  });
}

function latencyRatio({ q }: DashboardContext): Panel {
  const at = (quantile: number, strategy: string) =>
    q.quantile(quantile, 'request_duration_seconds', { where: { ...slice, strategy } });
  return timeseries({
    key: 'latency-ratio-by-time',
    title: 'Latency ratio',
    description:
      'Latency of the candidate divided by that of the baseline. 1 is as fast; over 1.1 the candidate costs noticeably more time, and Pipeline stage says in which stage.',
    unit: 'short',
    min: 0,
    queries: [0.5, 0.95].map((quantile) => ({
      expr: `${at(quantile, '$candidate')} / ${at(quantile, '$baseline')}`,
      legend: `p${quantile * 100}`,
    })),
    ...staysUnder(1.1),
    mayBeEmpty: 'while one of the two answers nobody',
  });
}

function outcomesByStrategy({ q }: DashboardContext): Panel {
  const where = { ...slice, strategy: both };
  const all = q.count('request_duration_seconds', { where, by: ['strategy'] });
  const ended = q.count('request_duration_seconds', {
    where: { ...where, outcome: '!=ok' },
    by: ['strategy', 'outcome'],
  });
  return timeseries({
    key: 'outcomes',
    title: 'Outcomes that are not ok',
    description:
      'Share of the answers of each strategy that a fallback served, that were shorter than asked for (partial) or empty. Good is nothing; the reasons are on Pipeline stage.',
    unit: 'percentunit',
    min: 0,
    queries: [
      {
        expr: `${ended} / on (strategy) group_left () (${all} > 0)`,
        legend: '{{strategy}} {{outcome}}',
      },
    ],
    mayBeEmpty: 'while every answer is what was asked for',
    links: pointLinks('strategy'),
  });
}
