import { readFile } from 'node:fs/promises';
import { createRng } from '../../../src/math/rng.ts';
import { type ClickExamples, pickExamples } from '../../../src/models/clicks/click-examples.ts';
import type { ClickData } from './click-data.ts';
import { readZipEntry } from './zip-entry.ts';

/** Negatives of each use. */
const negatives = 2;

/**
 * Makes the Frappe task out of the raw log, as for the published numbers: each row of the log is a positive of ten
 * fields (user, app, seven contexts and the city; how often is left out), and two negatives are put beside it with the
 * same user and context and an app drawn evenly from those that the user never used, in whatever context. All rows are
 * shuffled and cut 7:2:1 into train, validation and test. The same seed gives the same task.
 */
export async function frappeData(path: string, seed: number): Promise<ClickData> {
  const archive = await readFile(path);
  const text = readZipEntry(archive, 'Mobile_Frappe/frappe/frappe.csv').toString('utf8');
  const rows = text
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split('\t').filter((_, column) => column !== 2));
  const { codes, fieldOf, apps } = numberColumns(rows);
  const fields = rows[0].length;
  const rng = createRng(seed);
  const examples = withNegatives(codes, { fields, apps, rng });
  const order = Uint32Array.from(examples.clicked, (_, e) => e);
  rng.shuffle(order);
  const [first, second] = [0.7, 0.9].map((share) => Math.ceil(share * order.length));
  return {
    fields,
    fieldOf,
    train: pickExamples(examples, order.subarray(0, first)),
    validation: pickExamples(examples, order.subarray(first, second)),
    test: pickExamples(examples, order.subarray(second)),
  };
}

interface NumberedColumns {
  /** Code of each field of each row. */
  readonly codes: Uint32Array;
  readonly fieldOf: Uint32Array;
  /** Codes of the second column. */
  readonly apps: readonly number[];
}

function numberColumns(rows: readonly (readonly string[])[]): NumberedColumns {
  const fields = rows[0].length;
  const known = Array.from({ length: fields }, () => new Map<string, number>());
  const fieldOf: number[] = [];
  const codes = new Uint32Array(rows.length * fields);
  for (const [r, row] of rows.entries())
    for (let field = 0; field < fields; field++) {
      let code = known[field].get(row[field]);
      if (code === undefined) {
        code = fieldOf.push(field) - 1;
        known[field].set(row[field], code);
      }
      codes[r * fields + field] = code;
    }
  return { codes, fieldOf: Uint32Array.from(fieldOf), apps: [...known[1].values()] };
}

function withNegatives(
  codes: Uint32Array,
  {
    fields,
    apps,
    rng,
  }: { fields: number; apps: readonly number[]; rng: ReturnType<typeof createRng> },
): ClickExamples {
  const uses = codes.length / fields;
  const used = new Set<number>();
  const pair = (user: number, app: number) => user * 2 ** 24 + app;
  for (let use = 0; use < uses; use++) used.add(pair(codes[use * fields], codes[use * fields + 1]));
  const count = uses * (1 + negatives);
  const all = new Uint32Array(count * fields);
  const clicked = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const use = Math.floor(row / (1 + negatives));
    const own = codes.subarray(use * fields, (use + 1) * fields);
    all.set(own, row * fields);
    clicked[row] = row % (1 + negatives) === 0 ? 1 : 0;
    if (clicked[row] === 1) continue;
    let app: number;
    do app = apps[rng.below(apps.length)];
    while (used.has(pair(own[0], app)));
    all[row * fields + 1] = app;
  }
  const offsets = Uint32Array.from({ length: count + 1 }, (_, row) => row * fields);
  return { offsets, codes: all, values: new Float32Array(all.length).fill(1), clicked };
}
