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
  'feedback-store': async () => (await import('./feedback-store.ts')).feedbackStoreBench,
  'demo-quality': async () => (await import('./demo-quality.ts')).demoQualityBench,
  'item-rank': async () => (await import('./item-rank.ts')).itemRankBench,
  kernels: async () => (await import('./kernels.ts')).kernelsBench,
  drift: async () => (await import('./drift.ts')).driftBench,
  signals: async () => (await import('./signals.ts')).signalsBench,
  'cold-item': async () => (await import('./cold-item.ts')).coldItemBench,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    data: { type: 'string' },
    seconds: { type: 'string', default: '40' },
  },
});
const [name] = positionals;
const seconds = Number(values.seconds);
if (positionals.length !== 1 || benches[name] === undefined || !(seconds > 0)) {
  const known = Object.keys(benches).join(' | ');
  process.stderr.write(`usage: bench -- ${known} [--json] [--data DIR] [--seconds N]\n`);
  process.exit(2);
}

// An interrupted bench still ends its processes and removes its files.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const bench = await benches[name]();
const numbers = await bench({
  seconds,
  dataFolder: values.data,
  // With --json the JSON object is all that standard output carries.
  log: (line) => (values.json ? process.stderr : process.stdout).write(`${line}\n`),
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
