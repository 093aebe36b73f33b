import { attackLabels } from './exposition/attack-labels.ts';
import { manySeries, type Wanted } from './exposition/many-series.ts';
import type { Watched } from './exposition/watch-turns.ts';
import type { BenchOptions } from './harness/bench.ts';
import { type Child, startChild } from './harness/child.ts';
import { quantileOf, round, spreadOf } from './harness/spread.ts';

/** Label sets of histograms of the hard case. */
const hardHistograms = 5000;
const fewestRounds = 9;

/** Who renders, each in a process of its own. */
const entries = {
  text: { by: 'sightline' },
  text_again: { by: 'sightline' },
  open_metrics: { by: 'sightline', accept: 'application/openmetrics-text; version=1.0.0' },
  prom_client: { by: 'prom-client' },
} as const;
type Entry = keyof typeof entries;
const names = Object.keys(entries) as Entry[];

/**
 * What a scrape costs the main thread: milliseconds of a rendering, and the longest time for which the event loop did not
 * turn. At `--series` samples (5,000 by default) and at 5,000 label sets of histograms, as text, as OpenMetrics with an
 * exemplar on every bucket, and by prom-client with the same series. Then what 600,000 made-up values of a label do.
 */
export async function expositionBench({
  seconds,
  series = '5000',
  log,
}: BenchOptions & { readonly series?: string | undefined }) {
  const samples = Number(series);
  if (!(samples > 0)) throw new RangeError(`series is ${series}, expected a number above 0`);
  const options = { seconds: seconds / 2, log };
  return {
    at_series: await compare({ samples }, options),
    at_histograms: await compare({ histograms: hardHistograms }, options),
    attack: await attackLabels(log),
  };
}

type Log = (line: string) => void;

async function compare(wanted: Wanted, { seconds, log }: { seconds: number; log: Log }) {
  const children = {} as Record<Entry, Child<unknown>>;
  try {
    for (const name of names) {
      const options = { wanted, ...entries[name] };
      children[name] = await startChild('exposition', { options });
    }
    const first = await alternate(children, 0, 1);
    const rounds = await alternate(children, seconds, fewestRounds);
    return await describe(wanted, { children, first, rounds, log });
  } finally {
    await Promise.all(Object.values(children).map((child) => child.end()));
  }
}

/** Lets each entry render once a round, in turn and back, until both the seconds and the rounds are over. */
async function alternate(
  children: Readonly<Record<Entry, Child<unknown>>>,
  seconds: number,
  fewest: number,
): Promise<Record<Entry, Watched[]>> {
  const rounds: Record<Entry, Watched[]> = {
    text: [],
    text_again: [],
    open_metrics: [],
    prom_client: [],
  };
  const until = performance.now() + seconds * 1000;
  for (let r = 0; r < fewest || performance.now() < until; r++) {
    for (const name of r % 2 === 0 ? names : names.toReversed()) {
      rounds[name].push(await children[name].ask<Watched>('render'));
    }
  }
  return rounds;
}

async function describe(
  wanted: Wanted,
  {
    children,
    first,
    rounds,
    log,
  }: {
    readonly children: Readonly<Record<Entry, Child<unknown>>>;
    readonly first: Readonly<Record<Entry, readonly Watched[]>>;
    readonly rounds: Readonly<Record<Entry, readonly Watched[]>>;
    readonly log: Log;
  },
) {
  const labelSets = [...manySeries(wanted)].length;
  const result: Record<string, unknown> = { ...wanted, label_sets: labelSets };
  const [[what, count]] = Object.entries(wanted);
  log(`${count} ${what}, ${labelSets} label sets in all`);
  for (const name of names) {
    const ms = spreadOf(rounds[name].map((one) => one.ms));
    const turns = rounds[name].map(({ longestTurnMs }) => longestTurnMs);
    const longest = { ...spreadOf(turns), p95: round(quantileOf(turns, 0.95)) };
    const kilobytes = Math.round((await children[name].ask<number>('bytes')) / 1024);
    const [{ longestTurnMs }] = first[name];
    result[name] = {
      ms,
      longest_turn_ms: longest,
      first_turn_ms: round(longestTurnMs),
      kilobytes,
    };
    log(`${name.padEnd(12)} ${ms.median} ms, longest turn ${longest.median} ms, ${kilobytes} KB`);
  }
  const ratio = (above: Entry, below: Entry) =>
    spreadOf(rounds[above].map(({ ms }, r) => ms / rounds[below][r].ms));
  return {
    ...result,
    aa: ratio('text_again', 'text'),
    prom_client_over_text: ratio('prom_client', 'text'),
    rounds: rounds.text.length,
  };
}
