import { createContext, type DashboardContext } from '../panels/context.ts';
import { current } from '../panels/current.ts';
import { line } from '../panels/line.ts';
import { gauge, text, timeseries } from '../panels/panels.ts';
import { storePanels } from '../panels/store-panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { happened } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { createTargetSelect } from '../queries/target-series.ts';
import { admission } from '../rows/admission-row.ts';
import { control } from '../rows/control-row.ts';
import { doors } from '../rows/door-row.ts';
import { effects } from '../rows/effect-row.ts';
import { keptLists } from '../rows/kept-row.ts';
import { eventLoop, memory, notLinux, resources } from '../rows/process-rows.ts';
import type { Panel } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

/** Use, saturation and errors of the process, its doors and its stores. */
export const runtime: DashboardMaker = (definition) => {
  const context = createContext(definition);
  return {
    key: 'runtime',
    title: 'Runtime',
    description:
      'Whether the process itself is the bottleneck: event loop, garbage collection, memory, processor, descriptors, the doors of HTTP and the stores behind. What requests do inside stands on Pipeline stage.',
    variables: [],
    rows: [
      {
        title: 'At a glance',
        panels: line(...processesNow(context), ...saturationNow(context)),
      },
      admission(context),
      effects(context),
      keptLists(context),
      eventLoop(context),
      memory(context),
      resources(context),
      doors(context),
      control(context),
      { title: 'Stores', panels: line(...storePanels(context)) },
      { title: 'Profiles', panels: line(profileText(context), profilesTaken(context)) },
    ],
  };
};

function processesNow({ definition }: DashboardContext): Panel[] {
  const series = createTargetSelect(dashboardScope(definition));
  const started = series('process_start_time_seconds');
  return [
    current(`sum(1 - ${series('up')})`, {
      key: 'not-scraped',
      title: 'Instances not scraped',
      description:
        'Instances that Prometheus knows and cannot scrape. Good is 0; a process that is gone or hangs, or a control port that cannot be reached.',
      unit: 'short',
      ...staysUnder(1),
    }),
    current(`min(time() - ${started})`, {
      key: 'uptime',
      title: 'Youngest process',
      description:
        'Time since the instance that started last did so. Short without a deploy is a process that was killed or crashed; its log has the reason.',
      unit: 's',
    }),
    current(`sum(changes(${started}[$__range]))`, {
      key: 'restarts',
      title: 'Restarts in this time',
      description:
        'Starts of processes after the first in the time shown. Good is one a deploy and instance.',
      unit: 'short',
    }),
  ];
}

function saturationNow({ definition }: DashboardContext): Panel[] {
  const series = createTargetSelect(dashboardScope(definition));
  const processor = `rate(${series('process_cpu_seconds_total')}[$__rate_interval])`;
  return [
    current(`max(${processor})`, {
      key: 'processor-now',
      title: 'Processor',
      description:
        'Processor time of the busiest instance. 100 % is one core, and all that answers has one: more is signals, detection and training. See Processor below.',
      unit: 'percentunit',
    }),
    current(`max(${series('nodejs_eventloop_lag_p99_seconds')})`, {
      key: 'loop-now',
      title: 'Event loop delay p99',
      description:
        'The worst instance. About 0.01 s is idle, as that is how often it is looked at; over 0.1 s requests wait for the loop.',
      unit: 's',
      ...staysUnder(0.1),
    }),
    gauge({
      key: 'descriptors-now',
      title: 'Descriptors in use',
      description:
        'Open file descriptors as a share of those allowed, of the worst instance. Good is under 0.8; near 1 no connection is accepted. See File descriptors for the way.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        {
          expr: `max(${series('process_open_fds')} / ${series('process_max_fds')})`,
          isInstant: true,
        },
      ],
      ...staysUnder(0.8),
      mayBeEmpty: notLinux,
    }),
  ];
}

function profileText({ definition: { nodes } }: DashboardContext): Panel {
  const command = `curl -X POST -H "authorization: Bearer TOKEN" -o cpu.pb.gz "http://${nodes[0]}/control/profile?type=cpu&seconds=30"`;
  return text({
    key: 'flame-graphs',
    title: 'Flame graphs',
    description: 'How to see which code takes the time or the memory.',
    unit: 'none',
    queries: [],
    text: `\`${command}\`\n\ntakes a profile of a running instance as gzipped pprof: \`cpu\` is where time goes, \`heap\` what was allocated meanwhile and is still there, \`allocations\` all that was allocated. Open it with \`go tool pprof -http=: cpu.pb.gz\`, speedscope or Pyroscope. One is taken at a time.`,
  });
}

function profilesTaken({ definition }: DashboardContext): Panel {
  const taken = happened(dashboardScope(definition), 'profiles_total', { by: ['type', 'outcome'] });
  return timeseries({
    key: 'profiles',
    title: 'Profiles',
    description:
      'Profiles that ended in the window of a point, by type and how. While one is taken its process is a little slower, which other panels show; cancelled is a client that went away.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: taken, legend: '{{type}} {{outcome}}' }],
    mayBeEmpty: 'while nobody takes a profile',
  });
}
