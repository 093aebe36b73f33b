import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { attachTable } from '../../src/stores/tables/attach-table.ts';
import { type TableSource, writeTableFile } from '../../src/stores/tables/table-file.ts';
import { createTableLoader } from '../../src/stores/tables/table-loader.ts';
import type { BenchOptions } from './harness/bench.ts';
import { createRandom, shuffled } from './harness/random.ts';
import { round, spreadOf } from './harness/spread.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';
import { measureFeatureWaves } from './stores/feature-waves.ts';

const keyCount = 1_000_000;
const batch = 1 << 16;
const goalPerSecond = 20e6;

/** Looks one batch up from `start`; answers the hits, so that no compiler leaves the work out. */
type Body = (start: number) => number;

/** One way of looking up, which finds everything or nothing. */
interface Case {
  readonly name: string;
  readonly expected: number;
  readonly table: Body;
  readonly map: Body;
}

/**
 * Look-ups in a global table of a million 64-bit keys, found and not, in batches and one by one, against a `Map`: millions
 * a second (median of bursts that take turns in a random order, and the best), the ratio to the `Map`, and the ratio of the
 * table to itself. Before that, how long such a table loads from text and from its binary form, and the longest pause of
 * the event loop meanwhile. Takes at most 10 seconds of measuring. Then waves of reads from feature stores, for as many seconds.
 */
export function storesBench(options: BenchOptions) {
  const { seconds, log } = options;
  return withTemporaryFolder(async (folder) => {
    const random = createRandom(3);
    const key = () => Math.floor(random() * 2 ** 21) * 2 ** 32 + Math.floor(random() * 2 ** 32);
    const keys = Float64Array.from({ length: 2 * keyCount }, key);
    const loads = await loadBoth(folder, keys.subarray(0, keyCount), log);
    const { memory } = loads;
    const cases = casesOf(memory, keys, random);
    const tables: Record<string, unknown> = {};
    let least = Number.POSITIVE_INFINITY;
    for (const one of cases) {
      const [table, again, map] = measure(one, Math.min(seconds, 10) / cases.length, random);
      const millions = spreadOf(table.map((time) => batch / time / 1e6));
      const best = round(batch / Math.min(...table) / 1e6);
      const ratio = spreadOf(table.map((time, i) => map[i] / time));
      const itself = spreadOf(table.map((time, i) => again[i] / time));
      tables[one.name] = {
        millions_per_s: millions,
        best_millions_per_s: best,
        ratio_to_map: ratio,
        aa_ratio: itself,
      };
      if (one.name.startsWith('mget')) least = Math.min(least, millions.median);
      const ratios = `Map ${ratio.median}, itself ${itself.median}`;
      log(
        `${one.name.padEnd(20)} ${millions.median} M/s, best ${best}; times as fast as: ${ratios}`,
      );
    }
    const { text, binary } = loads;
    const mget = await measureFeatureWaves(options);
    return { mget, tables, load: { text, binary }, tables_goal_met: least * 1e6 >= goalPerSecond };
  });
}

/** Writes the keys as text, loads them, writes the binary form, loads that. */
async function loadBoth(folder: string, keys: Float64Array, log: (line: string) => void) {
  const file = join(folder, 'keys.txt');
  writeFileSync(file, Array.from(keys, (key, i) => `${key}\t${i}\n`).join(''));
  const limits = { maxKeys: keyCount, maxBytes: 1 << 28 };
  const text = await timeLoad({ kind: 'u64-u32', file, format: 'text', ...limits }, log);
  const image = join(folder, 'keys.bin');
  writeTableFile(image, text.table);
  const source = { kind: 'u64-u32', file: image, format: 'binary', ...limits } as const;
  const binary = await timeLoad(source, log);
  return { memory: text.table.share().memory, text: text.numbers, binary: binary.numbers };
}

async function timeLoad(source: TableSource, log: (line: string) => void) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  const table = await createTableLoader().load(source);
  const seconds = (performance.now() - began) / 1000;
  delay.disable();
  // The monitor counts its own period of a millisecond.
  const pauseMs = Math.max(0, delay.max / 1e6 - 1);
  const numbers = { seconds: round(seconds), longest_pause_ms: round(pauseMs) };
  log(`${source.format}: ${seconds.toFixed(2)} s, pause ${numbers.longest_pause_ms.toFixed(1)} ms`);
  return { table, numbers };
}

function casesOf(memory: SharedArrayBuffer, keys: Float64Array, random: () => number): Case[] {
  const table = attachTable({ kind: 'u64-u32', memory });
  const numbers = new Uint32Array(batch);
  const found = new Uint8Array(batch);
  const held = keys.subarray(0, keyCount);
  const byNumber = new Map(Array.from(held, (key, i) => [key, i]));
  const byBigint = new Map(Array.from(held, (key, i) => [BigInt(key), i]));
  const order = (from: number) =>
    Float64Array.from(shuffled([...keys.subarray(from, from + keyCount)], random));
  return [true, false].flatMap((present) => {
    const asked = order(present ? 0 : keyCount);
    const asked64 = BigUint64Array.from(asked, BigInt);
    const boxed = Array.from(asked64);
    const expected = present ? batch : 0;
    const suffix = present ? 'hit' : 'miss';
    const each =
      (has: (at: number) => boolean): Body =>
      (start) => {
        let hits = 0;
        for (let i = start; i < start + batch; i++) if (has(i)) hits += 1;
        return hits;
      };
    return [
      {
        name: `mget_bigint_${suffix}`,
        expected,
        table: (start) => table.mget(asked64.subarray(start, start + batch), numbers, found),
        map: each((i) => byBigint.get(boxed[i]) !== undefined),
      },
      {
        name: `mget_number_${suffix}`,
        expected,
        table: (start) => table.mget(asked.subarray(start, start + batch), numbers, found),
        map: each((i) => byNumber.get(asked[i]) !== undefined),
      },
      {
        name: `get_number_${suffix}`,
        expected,
        table: each((i) => table.get(asked[i]) !== undefined),
        map: each((i) => byNumber.get(asked[i]) !== undefined),
      },
    ] satisfies Case[];
  });
}

/** Seconds of every batch of the table, of the table again and of the map; no batch asks for what the one before warmed up. */
function measure({ expected, table, map }: Case, seconds: number, random: () => number) {
  const bodies = [table, table, map];
  const times: number[][] = [[], [], []];
  const began = performance.now();
  let start = 0;
  for (let warm = true; performance.now() - began < 1000 * seconds || times[0].length < 5; ) {
    warm &&= performance.now() - began < 250 * seconds;
    for (const entry of shuffled([0, 1, 2], random)) {
      start = start + 2 * batch <= keyCount ? start + batch : 0;
      const from = performance.now();
      const hits = bodies[entry](start);
      const took = (performance.now() - from) / 1000;
      if (hits !== expected) throw new Error(`${hits} keys found, expected ${expected}`);
      if (!warm) times[entry].push(took);
    }
  }
  return times;
}

if (import.meta.main) {
  const result = await storesBench({
    seconds: 6,
    dataFolder: undefined,
    log: (line) => console.log(line),
  });
  console.log(JSON.stringify(result));
}
