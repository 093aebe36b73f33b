import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { known } from '../queries/share.ts';
import { createTargetSelect } from '../queries/target-series.ts';

/** Where descriptors cannot be counted. */
export const notLinux = 'where the system is not Linux';

const selectIn = ({ definition }: DashboardContext) =>
  createTargetSelect(dashboardScope(definition));

/** Whether the one thread that answers is free. */
export function eventLoop(context: DashboardContext): Row {
  return {
    title: 'Event loop and garbage collection',
    panels: line(loopDelay(context), ...collections(context)),
  };
}

function loopDelay(context: DashboardContext): Panel {
  const series = selectIn(context);
  return timeseries({
    key: 'event-loop',
    title: 'Event loop delay',
    description:
      'How late timers come, between two scrapes. About 0.01 s is idle, as that is how often it is looked at; what lies above is work that holds the loop: take a profile, see Profiles.',
    unit: 's',
    min: 0,
    queries: (['p50', 'p99', 'max'] as const).map((name) => ({
      expr: `max by (instance) (${series(`nodejs_eventloop_lag_${name}_seconds`)})`,
      legend: `{{instance}} ${name}`,
    })),
  });
}

function collections(context: DashboardContext): Panel[] {
  const series = selectIn(context);
  const rate = (suffix: '_bucket' | '_sum') =>
    `rate(${series('nodejs_gc_duration_seconds', { suffix })}[$__rate_interval])`;
  const longest = `histogram_quantile(0.99, sum by (le, kind) (${rate('_bucket')}))`;
  return [
    timeseries({
      key: 'gc-share',
      title: 'Time in garbage collection',
      description:
        'Share of the time that the collector pauses an instance, by kind. It is a lower bound: of pauses that come together only one is counted. Under 5 % is good; much major is a heap that is too small or a leak, see Heap.',
      unit: 'percentunit',
      min: 0,
      isStacked: true,
      queries: [
        { expr: `sum by (instance, kind) (${rate('_sum')})`, legend: '{{instance}} {{kind}}' },
      ],
    }),
    timeseries({
      key: 'gc-pauses',
      title: 'Pauses of garbage collection',
      description:
        '99 % of the pauses are shorter than this, by kind. Minor ones take milliseconds; a major one over 0.1 s is seen by requests as latency.',
      unit: 's',
      min: 0,
      queries: [{ expr: known(longest), legend: '{{kind}}' }],
      mayBeEmpty: 'while nothing is collected',
    }),
  ];
}

/** What the process keeps. */
export function memory(context: DashboardContext): Row {
  return { title: 'Memory', panels: line(...memories(context), heapSpaces(context)) };
}

function memories(context: DashboardContext): Panel[] {
  const series = selectIn(context);
  const of = (name: Parameters<typeof series>[0], what: string) => ({
    expr: `max by (instance) (${series(name)})`,
    legend: `{{instance}} ${what}`,
  });
  return [
    timeseries({
      key: 'memory',
      title: 'Memory of the process',
      description:
        'What the process holds in RAM, and buffers outside of the heap, where models and rows lie. A climb over days that no deploy ends is a leak: take a heap profile, see Profiles.',
      unit: 'bytes',
      min: 0,
      queries: [
        of('process_resident_memory_bytes', 'resident'),
        of('nodejs_external_memory_bytes', 'buffers'),
      ],
    }),
    timeseries({
      key: 'heap',
      title: 'Heap',
      description:
        'Used and whole heap of the main thread. A saw is good; when its lower edge climbs, something is kept that should not be.',
      unit: 'bytes',
      min: 0,
      queries: [
        of('nodejs_heap_size_used_bytes', 'used'),
        of('nodejs_heap_size_total_bytes', 'whole'),
      ],
    }),
  ];
}

function heapSpaces(context: DashboardContext): Panel {
  const used = selectIn(context)('nodejs_heap_space_size_used_bytes');
  return timeseries({
    key: 'heap-spaces',
    title: 'Spaces of the heap',
    description:
      'Used part of each space, all instances together. Growth in old is kept objects, in large_object big arrays, in code many compiled functions.',
    unit: 'bytes',
    min: 0,
    isStacked: true,
    queries: [{ expr: `sum by (space) (${used}) > 0`, legend: '{{space}}' }],
  });
}

/** What the process uses beside memory. */
export function resources(context: DashboardContext): Row {
  return {
    title: 'Processor and descriptors',
    panels: line(processor(context), descriptors(context), activeResources(context)),
  };
}

function processor(context: DashboardContext): Panel {
  const series = selectIn(context);
  return timeseries({
    key: 'processor',
    title: 'Processor',
    description:
      'Processor time by instance; 100 % is one core. user is scoring, training and signals, system is network and disk. Above the cores there are, everything waits.',
    unit: 'percentunit',
    min: 0,
    isStacked: true,
    queries: (['user', 'system'] as const).map((kind) => ({
      expr: `sum by (instance) (rate(${series(`process_cpu_${kind}_seconds_total`)}[$__rate_interval]))`,
      legend: `{{instance}} ${kind}`,
    })),
  });
}

function descriptors(context: DashboardContext): Panel {
  const series = selectIn(context);
  return timeseries({
    key: 'descriptors',
    title: 'File descriptors',
    description:
      'Open descriptors by instance. A climb without more traffic is connections or files that are not closed.',
    unit: 'short',
    min: 0,
    queries: [
      { expr: `max by (instance) (${series('process_open_fds')})`, legend: '{{instance}}' },
    ],
    mayBeEmpty: notLinux,
  });
}

function activeResources(context: DashboardContext): Panel {
  const active = selectIn(context)('nodejs_active_resources');
  return timeseries({
    key: 'resources',
    title: 'What keeps the loop alive',
    description:
      'Sockets, timers and requests that are under way, by type, all instances together. They follow the traffic; a type that only grows is a leak.',
    unit: 'short',
    min: 0,
    queries: [{ expr: `sum by (type) (${active})`, legend: '{{type}}' }],
  });
}
