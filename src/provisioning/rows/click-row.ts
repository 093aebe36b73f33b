import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { dashboardLink } from '../panels/point-links.ts';
import { clickCalibration, noClicks, predictionError } from '../panels/quality-panels.ts';

const view = {
  where: { strategy: '=~$strategy', catalog: '=~$catalog' },
  by: ['strategy', 'catalog'],
} as const;

/** Why there may be no feedback of requests. */
export const noFeedback = 'until feedback names the requests that it answers';

/** Whether predicted clicks happen. */
export function clicks(context: DashboardContext): Row {
  return {
    title: 'Predicted clicks',
    panels: [
      ...line(
        predictionError(context, view),
        clickCalibration(context, view),
        loss(context, 'ctr_calibration_error_ratio'),
      ),
      ...line(
        loss(context, 'ctr_log_loss'),
        loss(context, 'ctr_brier_score'),
        joinedFeedback(context),
      ),
    ],
  };
}

const losses = {
  ctr_calibration_error_ratio: {
    key: 'calibration-error',
    title: 'Expected calibration error',
    description:
      'Mean distance between predicted and seen click rate over 20 bins of equal mass. Near 0 is good; high where the ratio is 1 means that too much here makes up for too little there.',
    unit: 'percentunit',
  },
  ctr_log_loss: {
    key: 'log-loss',
    title: 'Log loss of predicted clicks',
    description:
      'Mean log loss in nats. Lower is better; compare a strategy with its own past, as it depends on how many people click at all.',
    unit: 'short',
  },
  ctr_brier_score: {
    key: 'brier-score',
    title: 'Brier score of predicted clicks',
    description:
      'Mean squared distance of prediction and click. Lower is better; it says the same as the log loss and is less moved by single surprises.',
    unit: 'short',
  },
} as const;

function loss({ q }: DashboardContext, name: keyof typeof losses): Panel {
  return timeseries({
    ...losses[name],
    min: 0,
    queries: [{ expr: q.level(name, view), legend: '{{strategy}} {{catalog}}' }],
    links: [dashboardLink('strategy'), dashboardLink('catalog')],
    mayBeEmpty: noClicks,
  });
}

function joinedFeedback({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'joined-feedback',
    title: 'Joined feedback',
    description:
      'Feedback a second. What names a request is matched in time, late, or of a request never seen: late feedback needs a longer `joinSeconds`, unmatched comes from elsewhere or after a restart. What names none is attributed to the answer that showed its item to the same session or user, or to none.',
    unit: 'eps',
    min: 0,
    isStacked: true,
    queries: [
      { expr: q.rate('feedback_joined_total', { by: ['outcome'] }), legend: '{{outcome}}' },
    ],
    mayBeEmpty: noFeedback,
  });
}
