import type { Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';

const chosen = {
  strategy: '=~$strategy',
  catalog: '=~$catalog',
  segment: '=~$segment',
} as const;

/** What the signals of plugins read. */
export function pluginSignals({ q }: DashboardContext): Row {
  return {
    title: 'Signals of plugins',
    isCollapsed: true,
    panels: line(
      timeseries({
        key: 'plugin-signals',
        title: 'Signals of plugins',
        description:
          'What signals of your own plugins read, the mean of all instances. Units stand in the names of the measures; what is good is up to whoever wrote them. One that failed has no line any more, and the log says why.',
        unit: 'short',
        width: 24,
        queries: [
          {
            expr: q.level('plugin_signal', {
              where: chosen,
              by: ['signal', 'measure', 'work', 'strategy', 'segment', 'catalog'],
            }),
            legend: '{{signal}} {{measure}} {{work}} {{strategy}} {{segment}} {{catalog}}',
          },
        ],
        mayBeEmpty: 'where no plugin brings a signal that the configuration uses',
      }),
    ),
  };
}
