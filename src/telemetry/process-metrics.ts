import { readdir, stat } from 'node:fs/promises';
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';

/** Gauges with the name of a counter: a linter of expositions refuses them. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Registers the metrics of the process and of Node.js: CPU, memory, files, event loop, garbage collection. */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  countFilesAside(registry);
  countEveryCollection(registry);
}

const openFiles = 'process_open_fds';
const openFilesFolder = '/proc/self/fd';

/** prom-client lists the open files on the main thread, which takes it 10 ms where 10,000 connections are open. */
function countFilesAside(registry: Registry): void {
  if (registry.getSingleMetric(openFiles) === undefined) return;
  registry.removeSingleMetric(openFiles);
  new Gauge({
    name: openFiles,
    help: 'Number of open file descriptors.',
    registers: [registry],
    async collect() {
      this.set(await countOpenFiles());
    },
  });
}

/** Linux knows the number as the size of the folder since 6.2; before, the folder has none. */
async function countOpenFiles(): Promise<number> {
  const { size } = await stat(openFilesFolder);
  if (size > 0) return size;
  const listed = await readdir(openFilesFolder);
  // Reading the folder opens it.
  return listed.length - 1;
}

const collections = 'nodejs_gc_duration_seconds';
const collectionKinds = new Map<unknown, string>([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

type Collection = PerformanceEntry & { readonly detail: { readonly kind: number } };

/** prom-client counts one of the collections that it is told of together: half of them, where memory is used fast. */
function countEveryCollection(registry: Registry): void {
  registry.removeSingleMetric(collections);
  const seconds = new Histogram({
    name: collections,
    help: 'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
    labelNames: ['kind'],
    buckets: [0.001, 0.01, 0.1, 1, 2, 5],
    registers: [registry],
  });
  const observer = new PerformanceObserver((list) => {
    for (const { detail, duration } of list.getEntries() as Collection[]) {
      seconds.observe({ kind: collectionKinds.get(detail.kind) ?? 'other' }, duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
}
