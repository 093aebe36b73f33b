import type { AttributeTable } from '../attribute-table.ts';
import type { PayloadReader, PayloadWriter } from '../payload.ts';

/** Features of users or items: row r has the codes `codes[offsets[r]]` to `codes[offsets[r + 1] - 1]`. */
export interface FeatureRows {
  readonly offsets: Uint32Array;
  readonly codes: Uint32Array;
  readonly values: Float32Array;
}

/** Buckets of a numeric attribute, of about equally many rows each. */
const buckets = 10;

/** Kinds of attributes that have a field of their own; the others share the last. */
const maxFields = 24;

/** Where codes and fields go on. */
export interface FieldsSoFar {
  /** Field of each code given so far; grows. */
  readonly fieldOf: number[];
  /** Fields given so far. */
  fields: number;
}

/**
 * Makes the features of one side: an id for each of the first `withId` rows, and the attributes of all. A label is of
 * the field before its `=`, and counts 1 / (labels of that field in the row); a number becomes one of ten buckets of
 * about equally many rows. New codes and fields are put behind those in `sofar`. O(rows + labels + numbers · log rows).
 */
export function createFeatureRows(
  ids: readonly string[],
  withId: number,
  { attributes, sofar }: { attributes: AttributeTable | undefined; sofar: FieldsSoFar },
): FeatureRows {
  const rows = ids.map((_, row): [code: number, value: number][] => (row < withId ? [[0, 1]] : []));
  const idField = sofar.fields++;
  for (let row = 0; row < withId; row++) rows[row][0][0] = sofar.fieldOf.push(idField) - 1;
  if (attributes !== undefined) {
    const place = new Map(ids.map((id, row) => [id, row]));
    const rowOf = attributes.ids.map((id) => place.get(id));
    const fieldOf = createFields(sofar);
    addLabels(rows, attributes, { rowOf, fieldOf, sofar });
    for (const [name, values] of Object.entries(attributes.numbers))
      addBuckets(rows, values, { rowOf, field: fieldOf(name), sofar });
  }
  return packRows(rows);
}

/** Gives a field to each name, the same to all beyond the most. */
function createFields(sofar: FieldsSoFar): (name: string) => number {
  const known = new Map<string, number>();
  return (name) => {
    const key = known.size < maxFields - 1 || known.has(name) ? name : '';
    const field = known.get(key);
    if (field !== undefined) return field;
    known.set(key, sofar.fields);
    return sofar.fields++;
  };
}

function addLabels(
  rows: [number, number][][],
  { labels, offsets, codes }: AttributeTable,
  {
    rowOf,
    fieldOf,
    sofar,
  }: {
    rowOf: readonly (number | undefined)[];
    fieldOf: (name: string) => number;
    sofar: FieldsSoFar;
  },
): void {
  const given = labels.map((label) => {
    const end = label.indexOf('=');
    const field = fieldOf(end < 0 ? '' : label.slice(0, end));
    return { field, code: sofar.fieldOf.push(field) - 1 };
  });
  for (const [r, row] of rowOf.entries()) {
    if (row === undefined) continue;
    const own = [...new Set(codes.subarray(offsets[r], offsets[r + 1]))].map((code) => given[code]);
    for (const { code, field } of own)
      rows[row].push([code, 1 / own.filter((other) => other.field === field).length]);
  }
}

function addBuckets(
  rows: [number, number][][],
  values: Float32Array,
  {
    rowOf,
    field,
    sofar,
  }: { rowOf: readonly (number | undefined)[]; field: number; sofar: FieldsSoFar },
): void {
  const sorted = values.filter(Number.isFinite).sort();
  if (sorted.length === 0) return;
  const edges = Array.from(
    { length: buckets - 1 },
    (_, b) => sorted[Math.floor(((b + 1) * sorted.length) / buckets)],
  );
  const first = sofar.fieldOf.length;
  for (let b = 0; b < buckets; b++) sofar.fieldOf.push(field);
  for (const [r, row] of rowOf.entries())
    if (row !== undefined && Number.isFinite(values[r]))
      rows[row].push([first + edges.filter((edge) => values[r] >= edge).length, 1]);
}

function packRows(rows: readonly (readonly [number, number])[][]): FeatureRows {
  const offsets = new Uint32Array(rows.length + 1);
  for (const [r, row] of rows.entries()) offsets[r + 1] = offsets[r] + row.length;
  const entries = rows.flat();
  return {
    offsets,
    codes: Uint32Array.from(entries, ([code]) => code),
    values: Float32Array.from(entries, ([, value]) => value),
  };
}

/** Appends rows to a payload. */
export function writeFeatureRows(
  writer: PayloadWriter,
  { offsets, codes, values }: FeatureRows,
): void {
  writer.array(offsets).array(codes).array(values);
}

/** Reads what `writeFeatureRows` wrote. Throws `SL_MODEL_CORRUPT`. */
export function readFeatureRows(
  reader: PayloadReader,
  what: string,
  { rows, features }: { rows: number; features: number },
): FeatureRows {
  const offsets = reader.offsets(`row starts of ${what}`, rows);
  const codes = reader.uint32(what, { length: offsets[rows], below: features });
  return { offsets, codes, values: reader.float32(`values of ${what}`, offsets[rows]) };
}
