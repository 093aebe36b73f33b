import { SightlineError } from '../../domain/errors.ts';
import type { ClickExamples, ClickFields } from '../../models/clicks/click-examples.ts';
import { createExampleColumns } from '../../models/clicks/example-columns.ts';
import { readLines } from './read-lines.ts';

/** The most different features that are told apart. */
const maxFeatures = 50_000_000;

/** Files of one task, read with the same numbers for the same features. */
export interface LibfmData extends ClickFields {
  /** Examples of each file, in the order of the paths. */
  readonly parts: readonly ClickExamples[];
}

/**
 * Reads files in the format of libFM: a line an example, `label feature:value feature:value ...`, between spaces; a
 * label above 0 is a click. The first file is learnt from: features that only others hold are left out of theirs. Where
 * all its lines have equally many features, and each feature always stands at the same place, the place is its field;
 * else all are of one field. Throws `SL_DATA_INVALID` for a file that cannot be read, and for a line that is not an
 * example, with its number. O(features).
 *
 * @example (await readLibfm(['train.libfm', 'test.libfm.gz'])).parts[1].clicked // Uint8Array [0, 1, ...]
 */
export async function readLibfm(paths: readonly string[]): Promise<LibfmData> {
  const known = new Map<number, number>();
  const parts: ClickExamples[] = [];
  for (const [p, path] of paths.entries()) parts.push(await readPart(path, known, p === 0));
  return { parts, ...fieldsOf(parts[0], known.size) };
}

async function readPart(
  path: string,
  known: Map<number, number>,
  isFirst: boolean,
): Promise<ClickExamples> {
  const columns = createExampleColumns();
  let number = 0;
  const take = (line: string): void => {
    number += 1;
    const [label, ...entries] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (label === undefined) return;
    const clicked = Number(label);
    if (!Number.isFinite(clicked)) throw invalid(path, number, `label is ${label}`);
    for (const entry of entries) {
      const { feature, value } = parseEntry(entry) ?? {};
      if (feature === undefined || value === undefined)
        throw invalid(path, number, `entry is ${entry.slice(0, 40)}`);
      if (isFirst && !known.has(feature)) {
        if (known.size === maxFeatures)
          throw invalid(path, number, `feature ${feature} is one of more than ${maxFeatures}`);
        known.set(feature, known.size);
      }
      const code = known.get(feature);
      if (code !== undefined) columns.feature(code, value);
    }
    columns.end(clicked > 0 ? 1 : 0);
  };
  await readLines(path, (lines) => {
    for (const line of lines) take(line);
  });
  return columns.build();
}

/** A feature is a whole number of up to 15 digits, a value any finite number of 32 bits. */
function parseEntry(entry: string): { feature: number; value: number } | undefined {
  const end = entry.indexOf(':');
  if (end < 1 || end > 15 || end + 1 === entry.length) return undefined;
  const [feature, value] = [Number(entry.slice(0, end)), Number(entry.slice(end + 1))];
  const isGood =
    Number.isSafeInteger(feature) && feature >= 0 && Number.isFinite(Math.fround(value));
  return isGood ? { feature, value } : undefined;
}

/** The place of each feature where that is always the same. */
function fieldsOf({ offsets, codes, clicked }: ClickExamples, features: number): ClickFields {
  const width = offsets[1] ?? 0;
  const fieldOf = new Uint32Array(features).fill(width);
  for (let e = 0; e < clicked.length; e++) {
    if (offsets[e + 1] - offsets[e] !== width) return oneField(features);
    for (let field = 0; field < width; field++) {
      const code = codes[offsets[e] + field];
      if (fieldOf[code] !== width && fieldOf[code] !== field) return oneField(features);
      fieldOf[code] = field;
    }
  }
  return { fields: width, fieldOf };
}

function oneField(features: number): ClickFields {
  return { fields: 1, fieldOf: new Uint32Array(features) };
}

function invalid(path: string, line: number, got: string): SightlineError {
  return new SightlineError(
    'SL_DATA_INVALID',
    `data file ${path}, line ${line}: ${got}, expected a label and feature:value`,
  );
}
