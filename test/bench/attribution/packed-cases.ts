import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { LabelledCase } from './labelled-case.ts';

/** What stands beside a table of cases. */
interface Labels {
  readonly cases: readonly { readonly timestamp: string; readonly set: string }[];
}

/**
 * Reads cases packed as in Squeeze's data, file by file: `NAME.csv.gz` with columns case, labels, real and predict,
 * true sets in `NAME.labels.json`. A bare number is a value that the true sets write with its label in front.
 */
export function* readPackedCases(folder: string): Generator<LabelledCase> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.csv.gz'));
  for (const name of names.sort()) {
    const stem = name.slice(0, -'.csv.gz'.length);
    const { cases } = JSON.parse(
      readFileSync(join(folder, `${stem}.labels.json`), 'utf8'),
    ) as Labels;
    const [header, ...lines] = gunzipSync(readFileSync(join(folder, name)))
      .toString()
      .trimEnd()
      .split(/\r?\n/);
    const columns = header.split(',');
    const rows = Map.groupBy(
      lines.map((line) => line.split(',')),
      (row) => row[columns.indexOf('case')],
    );
    for (const { timestamp, set } of cases)
      yield packedCase(`${stem}/${timestamp}`, columns, rows.get(timestamp)!, set);
  }
}

function packedCase(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  set: string,
): LabelledCase {
  const labels = columns.filter((column) => !['case', 'real', 'predict'].includes(column));
  const encoded = labels.map((label) => {
    const place = columns.indexOf(label);
    const codes = new Map<string, number>();
    const column = Uint32Array.from(rows, (row) => {
      const value = /^\d/.test(row[place]) ? `${label}${row[place]}` : row[place];
      if (!codes.has(value)) codes.set(value, codes.size);
      return codes.get(value)!;
    });
    return { column, values: [...codes.keys()] };
  });
  const numbers = (column: string) =>
    Float64Array.from(rows, (row) => Number(row[columns.indexOf(column)]));
  return {
    name,
    table: {
      labels,
      values: encoded.map(({ values }) => values),
      count: rows.length,
      codes: encoded.map(({ column }) => column),
    },
    measurement: { kind: 'amount', actual: numbers('real'), expected: numbers('predict') },
    labels: [...new Set(set.split(';').map((text) => text.split('&').sort().join('&')))],
  };
}
