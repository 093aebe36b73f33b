import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { known } from '../queries/share.ts';

const by = ['work', 'shadow'] as const;
const legend = '{{work}}, {{shadow}}';
const noShadows = 'where no work has a shadow, or it has not run yet';

/** How works that answer unseen agree with those that are served. */
export function shadows(context: DashboardContext): Row {
  return {
    title: 'Shadows',
    isCollapsed: true,
    panels: line(runs(context), overlap(context), order(context), time(context)),
  };
}

function runs({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'shadow-runs',
    title: 'Shadow runs',
    description:
      'Answered requests a second that a shadow was given too, by how its run ended. ok is good; fallback, partial and empty is what people would have got, shed is too much load, outdated a generation that changed meanwhile.',
    unit: 'ops',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: q.rate('shadow_runs_total', { by: [...by, 'outcome'] }),
        legend: `${legend} {{outcome}}`,
        hasExemplars: true,
      },
    ],
    mayBeEmpty: noShadows,
  });
}

function overlap({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'shadow-overlap',
    title: 'Overlap with the shadow',
    description:
      'Share of the items of an answer that its shadow has too, median. Near 1 an experiment would show little; near 0 it is another recommender, which a small experiment should meet first.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      {
        expr: known(q.quantile(0.5, 'shadow_overlap_ratio', { by })),
        legend,
        hasExemplars: true,
      },
    ],
    mayBeEmpty: noShadows,
  });
}

function order({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'shadow-order',
    title: 'Order of common items',
    description:
      "Share of the pairs of common items that both have in the same order, median: (1 + Kendall's tau) / 2. 1 is the same order, 0.5 no relation, 0 the opposite.",
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      {
        expr: known(q.quantile(0.5, 'shadow_concordance_ratio', { by })),
        legend,
        hasExemplars: true,
      },
    ],
    mayBeEmpty: noShadows,
  });
}

function time({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'shadow-time',
    title: 'Time of the shadow',
    description:
      'Time of the stages of a shadow divided by that of the answer to the same request. 1 is as fast, 2 takes twice as long; what it would cost to serve it.',
    unit: 'short',
    min: 0,
    queries: [0.5, 0.95].map((quantile) => ({
      expr: known(q.quantile(quantile, 'shadow_latency_ratio', { by })),
      legend: `${legend} p${quantile * 100}`,
      hasExemplars: true as const,
    })),
    mayBeEmpty: noShadows,
  });
}
