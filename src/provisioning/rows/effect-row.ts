import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { happened } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { known } from '../queries/share.ts';

const noEffects = 'while nothing follows an answer, as where no work has a shadow';

/** The work that follows answers: how much there is, how long it takes, what is lost of it. */
export function effects(context: DashboardContext): Row {
  return {
    title: 'Effects',
    isCollapsed: true,
    panels: line(ended(context), time(context), dropped(context), waiting(context)),
  };
}

function ended({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'effects',
    title: 'Effects',
    description:
      'Pieces of work a second that followed an answer, as the runs of shadows, by how they ended. done is good; failed threw, late was given up after `effects.timeLimitMs`.',
    unit: 'ops',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: q.count('effect_duration_seconds', { by: ['effect', 'outcome'] }),
        legend: '{{effect}} {{outcome}}',
      },
    ],
    mayBeEmpty: noEffects,
  });
}

function time({ q }: DashboardContext): Panel {
  const p95 = q.quantile(0.95, 'effect_duration_seconds', { by: ['effect'] });
  return timeseries({
    key: 'effect-time',
    title: 'Time of effects',
    description:
      '95 % of the effects end within this. What they compute is time of the event loop that requests do not get, a few milliseconds at a time; see Event loop delay.',
    unit: 's',
    min: 0,
    queries: [{ expr: known(p95), legend: '{{effect}}' }],
    mayBeEmpty: noEffects,
  });
}

function dropped({ definition }: DashboardContext): Panel {
  return timeseries({
    key: 'effects-dropped',
    title: 'Dropped effects',
    description:
      'Effects in the window of a point that were dropped. full is more than `effects.capacity`, expired waited behind a busy event loop, closed is a stop. Requests lose nothing; there is less to compare.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: happened(dashboardScope(definition), 'effects_dropped_total', {
          by: ['effect', 'reason'],
        }),
        legend: '{{effect}} {{reason}}',
      },
    ],
    mayBeEmpty: 'while nothing is dropped',
  });
}

function waiting({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'effects-waiting',
    title: 'Waiting effects',
    description:
      'Effects that wait, of the worst instance. Good is near 0; a queue that stays full has a rate that is too high, or an event loop that is never idle.',
    unit: 'short',
    min: 0,
    queries: [{ expr: q.level('effects_waiting', { of: 'max' }), legend: 'waiting' }],
  });
}
