/** `npm run -s bench -- NAME [--json] [--data DIR] [--seconds N]`: the last line is one JSON object. */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench } from './harness/bench.ts';

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  overhead: async () => (await import('./overhead.ts')).overheadBench,
  gateway: async () => (await import('./gateway.ts')).gatewayBench,
  events: async () => (await import('./events.ts')).eventsBench,
  start: async () => (await import('./start.ts')).startBench,
  ring: async () => (await import('./ring.ts')).ringBench,
  recorder: async () => (await import('./recorder.ts')).recorderBench,
  exposition: async () => (await import('./exposition.ts')).expositionBench,
  'feedback-store': async () => (await import('./feedback-store.ts')).feedbackStoreBench,
  'demo-quality': async () => (await import('./demo-quality.ts')).demoQualityBench,
  'item-rank': async () => (await import('./item-rank.ts')).itemRankBench,
  kernels: async () => (await import('./kernels.ts')).kernelsBench,
  drift: async () => (await import('./drift.ts')).driftBench,
  signals: async () => (await import('./signals.ts')).signalsBench,
  'cold-item': async () => (await import('./cold-item.ts')).coldItemBench,
  attribution: async () => (await import('./attribution.ts')).attributionBench,
  detection: async () => (await import('./detection.ts')).detectionBench,
  faults: async () => (await import('./faults.ts')).faultsBench,
  stores: async () => (await import('./stores.ts')).storesBench,
  features: async () => (await import('./features.ts')).featuresBench,
  plugins: async () => (await import('./plugins.ts')).pluginsBench,
  overload: async () => (await import('./overload.ts')).overloadBench,
  'cold-gnn': async () => (await import('./cold-graph.ts')).coldGraphBench,
  rank: async () => (await import('./rank.ts')).rankBench,
  ctr: async () => (await import('./ctr.ts')).ctrBench,
  tpe: async () => (await import('./tpe.ts')).tpeBench,
  'training-load': async () => (await import('./training-load.ts')).trainingLoadBench,
  'gorse-split': async () => (await import('./gorse-split.ts')).gorseSplitBench,
  sessions: async () => (await import('./sessions.ts')).sessionsBench,
  access: async () => (await import('./access.ts')).accessBench,
  content: async () => (await import('./content.ts')).contentBench,
  bulk: async () => (await import('./bulk.ts')).bulkBench,
  gorse: async () => (await import('./gorse.ts')).gorseBench,
  hotswap: async () => (await import('./hotswap.ts')).hotswapBench,
};

/** Switches of single benches; each bench says what its own mean. */
const switches = {
  fleet: { type: 'boolean' },
  scale: { type: 'boolean' },
  delay: { type: 'boolean' },
  series: { type: 'string' },
  days: { type: 'string' },
  budget: { type: 'string' },
  seed: { type: 'string' },
  generate: { type: 'string' },
  cases: { type: 'string' },
  runs: { type: 'string' },
  tick: { type: 'string' },
  train: { type: 'string' },
  validation: { type: 'string' },
  test: { type: 'string' },
  model: { type: 'string' },
  options: { type: 'string' },
  trials: { type: 'string' },
  users: { type: 'string' },
  native: { type: 'boolean' },
  rows: { type: 'string' },
  evenly: { type: 'boolean' },
} as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    data: { type: 'string' },
    seconds: { type: 'string', default: '40' },
    ...switches,
  },
});
const { json, data, seconds: length, ...given } = values;
const [name] = positionals;
const seconds = Number(length);
if (positionals.length !== 1 || benches[name] === undefined || !(seconds > 0)) {
  const known = Object.keys(benches).join(' | ');
  process.stderr.write(
    `usage: bench -- ${known} [--json] [--data DIR] [--seconds N] [--${Object.keys(switches).join(' | --')}]\n`,
  );
  process.exit(2);
}

// An interrupted bench still ends its processes and removes its files.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const bench = await benches[name]();
const numbers = await bench({
  ...given,
  seconds,
  dataFolder: data,
  // With --json the JSON object is all that standard output carries.
  log: (line) => (json ? process.stderr : process.stdout).write(`${line}\n`),
});
const result = {
  bench: name,
  ...numbers,
  date: new Date().toISOString(),
  node: process.version,
  machine: `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}`,
  command: ['npm run -s bench --', ...process.argv.slice(2)].join(' '),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
