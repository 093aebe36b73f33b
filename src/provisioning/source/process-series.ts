import type { MetricRow } from '../../telemetry/metric-row.ts';

/** A series that is made outside of the table of series. */
export interface ForeignSeries {
  readonly type: MetricRow['type'];
  readonly unit: MetricRow['unit'];
  readonly help: string;
  readonly labels: readonly string[];
}

const gauge = (
  unit: MetricRow['unit'],
  help: string,
  labels: readonly string[] = [],
): ForeignSeries => ({ type: 'gauge', unit, help, labels });
const cpuSeconds = (help: string): ForeignSeries => ({
  type: 'counter',
  unit: 'seconds',
  help,
  labels: [],
});

/** The series of the process and of Node.js, by exposed name; those of memory maps and descriptors exist on Linux alone. */
export const processSeries = {
  process_cpu_user_seconds_total: cpuSeconds('Processor time in the code of the process'),
  process_cpu_system_seconds_total: cpuSeconds('Processor time in the kernel'),
  process_cpu_seconds_total: cpuSeconds('Processor time, both kinds together'),
  process_start_time_seconds: gauge('seconds', 'Unix time at which the process began'),
  process_resident_memory_bytes: gauge('bytes', 'Memory that the process holds in RAM'),
  process_virtual_memory_bytes: gauge('bytes', 'Address space of the process'),
  process_heap_bytes: gauge('bytes', 'Data segment of the process'),
  process_open_fds: gauge('', 'File descriptors that are open'),
  process_max_fds: gauge('', 'File descriptors that may be open'),
  nodejs_eventloop_lag_seconds: gauge('seconds', 'Wait of an immediate, asked at the scrape'),
  nodejs_eventloop_lag_min_seconds: gauge('seconds', 'Least delay since the scrape before'),
  nodejs_eventloop_lag_max_seconds: gauge('seconds', 'Greatest delay since the scrape before'),
  nodejs_eventloop_lag_mean_seconds: gauge('seconds', 'Mean delay since the scrape before'),
  nodejs_eventloop_lag_stddev_seconds: gauge('seconds', 'Deviation since the scrape before'),
  nodejs_eventloop_lag_p50_seconds: gauge('seconds', 'Median delay since the scrape before'),
  nodejs_eventloop_lag_p90_seconds: gauge('seconds', '90th percentile since the scrape before'),
  nodejs_eventloop_lag_p99_seconds: gauge('seconds', '99th percentile since the scrape before'),
  nodejs_active_resources: gauge('', 'What keeps the event loop alive', ['type']),
  nodejs_active_handles: gauge('', 'Handles of libuv', ['type']),
  nodejs_active_requests: gauge('', 'Requests of libuv', ['type']),
  nodejs_heap_size_total_bytes: gauge('bytes', 'Size of the heap'),
  nodejs_heap_size_used_bytes: gauge('bytes', 'Used part of the heap'),
  nodejs_external_memory_bytes: gauge('bytes', 'Memory of buffers outside of the heap'),
  nodejs_heap_space_size_total_bytes: gauge('bytes', 'Size of a space of the heap', ['space']),
  nodejs_heap_space_size_used_bytes: gauge('bytes', 'Used part of a space', ['space']),
  nodejs_heap_space_size_available_bytes: gauge('bytes', 'Free part of a space', ['space']),
  nodejs_version_info: gauge('', 'Version of Node.js, always 1', [
    'version',
    'major',
    'minor',
    'patch',
  ]),
  nodejs_gc_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Pauses of the garbage collector',
    labels: ['kind'],
  },
} as const satisfies Record<string, ForeignSeries>;
