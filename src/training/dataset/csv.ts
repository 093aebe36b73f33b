import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SightlineError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import { createCsvRecords } from './csv-records.ts';
import { type CsvTable, csvTables } from './csv-rows.ts';
import type { DatasetReport, DatasetSink } from './dataset-reader.ts';
import type { CsvSource } from './dataset-schema.ts';
import { createNewItems } from './new-items.ts';
import { readLines } from './read-lines.ts';
import { createRowReport, type RowReport } from './row-report.ts';

interface Present {
  readonly file: string;
  readonly table: CsvTable;
}

/**
 * Reads a data set from comma-separated values: a file of events, or a folder with feedback.csv, items.csv and
 * users.csv, each with `.gz` behind its name if packed. Without items.csv the items are those that occur. Bad rows are
 * passed over and reported. Throws `SL_DATA_INVALID` where there is no file, and where one lacks a column that it needs.
 */
export async function readCsv(source: CsvSource, sink: DatasetSink): Promise<DatasetReport> {
  const report = createRowReport();
  const present = filesOf(source);
  const hasItems = present.some(({ table }) => table.name === 'items');
  const newItems = createNewItems();
  const counts = { items: 0, users: 0, feedback: 0 };
  const giveItems = async (items: readonly Item[]) => {
    counts.items += items.length;
    if (items.length > 0) await sink.items?.(items);
  };
  const tables: Take = {
    items: giveItems,
    users: async (rows) => {
      counts.users += rows.length;
      await sink.users?.(rows);
    },
    feedback: async (rows) => {
      if (!hasItems) await giveItems(newItems.of(rows));
      counts.feedback += rows.length;
      await sink.feedback?.(rows);
    },
  };
  for (const [i, { file, table }] of present.entries())
    await readTable({ file, table, source, report, tables }, (done) =>
      sink.progress?.((i + done) / present.length),
    );
  return report.finish(counts);
}

type Take = Required<Pick<DatasetSink, 'items' | 'users' | 'feedback'>>;

interface Reading extends Present {
  readonly source: CsvSource;
  readonly report: RowReport;
  readonly tables: Take;
}

async function readTable(
  { file, table, source, report, tables }: Reading,
  progress: (done: number) => void,
): Promise<void> {
  const records = createCsvRecords(source.delimiter);
  let parse = source.header ? undefined : table.open(undefined, source, file);
  const give = async (found: ReturnType<typeof records.take>) => {
    const rows: object[] = [];
    for (const record of found) {
      if ('problem' in record) {
        report.skip(file, record.line, { kind: 'bad quotes', detail: record.problem });
        continue;
      }
      if (parse === undefined) {
        // Spreadsheets put a mark of the encoding before the first name.
        const header = record.fields.map((name) => name.replace(/^\uFEFF/, ''));
        parse = table.open(header, source, file);
        continue;
      }
      const parsed = parse(record.fields);
      if ('row' in parsed) rows.push(parsed.row);
      else report.skip(file, record.line, parsed);
    }
    if (rows.length > 0) await tables[table.name](rows as never);
  };
  await readLines(file, async (lines, done) => {
    await give(records.take(lines));
    progress(done);
  });
  await give(records.end());
}

function filesOf({ path }: CsvSource): Present[] {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile();
  if (isFile) return [{ file: path, table: csvTables.feedback }];
  const present = Object.values(csvTables).flatMap((table) => {
    const names = [`${table.name}.csv`, `${table.name}.csv.gz`];
    const file = names.map((name) => join(path, name)).find((one) => existsSync(one));
    return file === undefined ? [] : [{ file, table }];
  });
  if (present.length > 0) return present;
  throw new SightlineError(
    'SL_DATA_INVALID',
    `${path} is no file and has no items.csv, users.csv or feedback.csv, expected at least one`,
  );
}
