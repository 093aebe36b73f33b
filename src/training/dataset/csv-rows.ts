import { SightlineError } from '../../domain/errors.ts';
import type { CsvSource } from './dataset-schema.ts';
import { type CheckedRow, checkFeedbackRow, checkItemRow, checkUserRow } from './jsonl-rows.ts';

/** One of the files of a data set. */
export interface CsvTable {
  readonly name: 'items' | 'users' | 'feedback';
  /**
   * Answers what reads a record, given the names of the columns, undefined where the file has none. Throws
   * `SL_DATA_INVALID` where a column is missing.
   */
  open(
    header: readonly string[] | undefined,
    source: CsvSource,
    file: string,
  ): (fields: readonly string[]) => CheckedRow<object>;
}

/** The files of a data set, in the order in which they are read. */
export const csvTables: Readonly<Record<CsvTable['name'], CsvTable>> = {
  items: {
    name: 'items',
    open: (header, _source, file) => {
      const columns = namedColumns(header, file);
      return (fields) => checkLength(fields, header!, () => checkItemRow(itemOf(columns, fields)));
    },
  },
  users: {
    name: 'users',
    open: (header, _source, file) => {
      const columns = namedColumns(header, file);
      return (fields) =>
        checkLength(fields, header!, () => {
          const { id, segment, ...attributes } = rowOf(columns, fields);
          return checkUserRow({ id, segment, attributes: valuesOf(attributes) });
        });
    },
  },
  feedback: { name: 'feedback', open: openFeedback },
};

type Row = Readonly<Record<string, string>>;

function openFeedback(
  header: readonly string[] | undefined,
  { columns, feedbackType, timeUnit }: CsvSource,
  file: string,
): (fields: readonly string[]) => CheckedRow<object> {
  const places = Object.entries(columns).map(([field, column]) => {
    const place = typeof column === 'number' ? column - 1 : (header?.indexOf(column) ?? -1);
    return [field, place] as const;
  });
  for (const [field, place] of places)
    if (place < 0 && (field === 'item' || field === 'timestamp'))
      throw lacks(file, String(columns[field]));
  return (fields) =>
    checkLength(fields, header, () => {
      const row = rowOf(places, fields);
      return checkFeedbackRow({
        ...row,
        type: row.type ?? feedbackType,
        timestamp: instantOf(row.timestamp, timeUnit),
        value: row.value === undefined ? undefined : Number(row.value),
      });
    });
}

/** Epoch milliseconds of a number; other texts as they are. */
function instantOf(text: string | undefined, unit: CsvSource['timeUnit']): unknown {
  if (text === undefined || !/^\d{1,16}(\.\d{1,9})?$/.test(text)) return text;
  return Math.round(Number(text) * (unit === 's' ? 1000 : 1));
}

/** Columns that are no field of items are attributes; categories stand between bars. */
function itemOf(columns: Places, fields: readonly string[]): unknown {
  const { id, catalog, categories, hidden, published_at, expires_at, ...attributes } = rowOf(
    columns,
    fields,
  );
  return {
    ...{ id, catalog, attributes: valuesOf(attributes) },
    categories: categories?.split('|').filter((category) => category !== ''),
    hidden: hidden === undefined ? undefined : typed(hidden),
    published_at: instantOf(published_at, 'ms'),
    expires_at: instantOf(expires_at, 'ms'),
  };
}

type Places = readonly (readonly [field: string, place: number])[];

/** Fields that are there and not empty, by name. */
function rowOf(places: Places, fields: readonly string[]): Row {
  return Object.fromEntries(
    places.flatMap(([field, place]) => {
      const text = fields[place];
      return text === undefined || text === '' ? [] : [[field, text]];
    }),
  );
}

function valuesOf(attributes: Row): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name, typed(text)]));
}

/** What a text is: a boolean, a number in plain decimals without leading zeros, or itself. */
function typed(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

function namedColumns(header: readonly string[] | undefined, file: string): Places {
  const id = header?.indexOf('id') ?? -1;
  if (header === undefined || id < 0) throw lacks(file, 'id');
  return header.map((name, place) => [name, place] as const);
}

function checkLength<Row>(
  fields: readonly string[],
  header: readonly string[] | undefined,
  check: () => CheckedRow<Row>,
): CheckedRow<Row> {
  if (header === undefined || fields.length === header.length) return check();
  const detail = `row has ${fields.length} columns, expected ${header.length}`;
  return { kind: 'wrong number of columns', detail };
}

function lacks(file: string, column: string): SightlineError {
  return new SightlineError(
    'SL_DATA_INVALID',
    `data file ${file} has no column ${column}, expected one`,
  );
}
