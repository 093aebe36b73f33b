import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { happened } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';

const name = 'control_changes_total';

/** What people and scripts do by the control port, and what they try. */
export function control({ definition }: DashboardContext): Row {
  const scope = dashboardScope(definition);
  return { title: 'Control port', panels: line(changes(), turnedAway()) };

  function changes(): Panel {
    return timeseries({
      key: 'control-changes',
      title: 'Changes by hand',
      description:
        'Calls with the control token in the window of a point, by what they do. A step elsewhere that begins with one of these has its cause here; the log lines control.changed say who.',
      unit: 'short',
      min: 0,
      isStacked: true,
      queries: [
        {
          expr: happened(scope, name, {
            where: { outcome: '=~done|refused|failed' },
            by: ['action', 'outcome'],
          }),
          legend: '{{action}} {{outcome}}',
        },
      ],
      mayBeEmpty: 'while nobody changes anything',
    });
  }

  function turnedAway(): Panel {
    return timeseries({
      key: 'control-denied',
      title: 'Calls turned away',
      description:
        'Calls without the right token (denied), and calls that were not looked at because too many came before them (limited). Good is nothing; the log lines control.denied say where they come from.',
      unit: 'short',
      min: 0,
      isStacked: true,
      queries: [
        {
          expr: happened(scope, name, {
            where: { outcome: '=~denied|limited' },
            by: ['action', 'outcome'],
          }),
          legend: '{{action}} {{outcome}}',
        },
      ],
      mayBeEmpty: 'while everybody who calls may',
    });
  }
}
