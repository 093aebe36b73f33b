import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LeafTable, Measurement } from '../../../src/anomaly/attribution/leaf-table.ts';

/** A real incident of a video service: who had stalls in the minute it was noticed, and in the minutes before. */
export interface RobustspotCase {
  readonly name: string;
  readonly table: LeafTable;
  /** Stalled sessions among all, in the minute and summed over the four minutes before. */
  readonly measurement: Extract<Measurement, { kind: 'ratio' }>;
  /** The true causes as "a=a1&b=b2", labels in ascending order. */
  readonly labels: readonly string[];
}

const pastMinutes = 4;
const causeSchema = z.record(z.string(), z.union([z.string(), z.number()]));
const incidentsSchema = z.array(
  z.object({
    data: z.coerce.string(),
    timestamp: z.number(),
    cause: z.union([causeSchema, z.array(causeSchema)]),
  }),
);

/**
 * Reads the incidents that `anomaly.yaml` lists in a folder of RobustSpot's data, each from NAME.csv.gz or NAME.csv
 * beside it: one row for each minute and leaf, with the columns min (epoch seconds), value (stalled), cnt (all) and
 * the labels in any order. Throws what reading, the YAML parser or its schema throw.
 */
export function readRobustspot(folder: string): readonly RobustspotCase[] {
  const incidents = incidentsSchema.parse(parse(readFileSync(`${folder}/anomaly.yaml`, 'utf8')));
  return incidents.map(({ data, timestamp, cause }) => ({
    name: data,
    ...readMinute(readTable(`${folder}/${data}.csv`), timestamp),
    labels: [...new Set([cause].flat().map(combinationText))],
  }));
}

function combinationText(cause: z.infer<typeof causeSchema>): string {
  const pairs = Object.entries(cause).map(([label, value]) => `${label}=${value}`);
  return pairs.sort().join('&');
}

function readTable(path: string): readonly (readonly string[])[] {
  const text = existsSync(path)
    ? readFileSync(path, 'utf8')
    : gunzipSync(readFileSync(`${path}.gz`)).toString();
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
}

/** The leaves that had any session in the minute, with their sums now and in the minutes before. */
function readMinute(
  [header, ...rows]: readonly (readonly string[])[],
  timestamp: number,
): Pick<RobustspotCase, 'table' | 'measurement'> {
  const labels = header.filter((name) => !['min', 'value', 'cnt'].includes(name));
  const labelColumns = labels.map((label) => header.indexOf(label));
  const [minute, value, count] = ['min', 'value', 'cnt'].map((name) => header.indexOf(name));
  const leaves = new Map<string, { hits: number; trials: number; past: [number, number] }>();
  for (const row of rows) {
    const age = (timestamp - Number(row[minute])) / 60;
    if (age < 0 || age > pastMinutes) continue;
    const key = labelColumns.map((column) => row[column]).join();
    const leaf = leaves.get(key) ?? { hits: 0, trials: 0, past: [0, 0] };
    leaves.set(key, leaf);
    if (age === 0) {
      leaf.hits += Number(row[value]);
      leaf.trials += Number(row[count]);
    } else {
      leaf.past[0] += Number(row[value]);
      leaf.past[1] += Number(row[count]);
    }
  }
  const seen = [...leaves].filter(([, { trials }]) => trials > 0);
  const column = (pick: (leaf: (typeof seen)[number][1]) => number) =>
    Float64Array.from(seen, ([, leaf]) => pick(leaf));
  return {
    table: codedLeaves(
      labels,
      seen.map(([key]) => key.split(',')),
    ),
    measurement: {
      kind: 'ratio',
      hits: column(({ hits }) => hits),
      trials: column(({ trials }) => trials),
      pastHits: column(({ past }) => past[0]),
      pastTrials: column(({ past }) => past[1]),
    },
  };
}

function codedLeaves(labels: readonly string[], rows: readonly (readonly string[])[]): LeafTable {
  const values = labels.map((_, label) => [...new Set(rows.map((row) => row[label]))]);
  const codes = values.map((names, label) =>
    Uint32Array.from(rows, (row) => names.indexOf(row[label])),
  );
  return { labels, values, count: rows.length, codes };
}
