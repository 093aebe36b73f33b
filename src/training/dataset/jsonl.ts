import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SightlineError } from '../../domain/errors.ts';
import type { DatasetReport, DatasetSink } from './dataset-reader.ts';
import { type ParseRow, parseFeedbackRow, parseItemRow, parseUserRow } from './jsonl-rows.ts';
import { readLines } from './read-lines.ts';
import { createRowReport } from './row-report.ts';

/**
 * Reads a data set of one's own: a folder with items.jsonl, users.jsonl and feedback.jsonl, one JSON object a line, each
 * file with `.gz` behind its name if packed. Files may be missing, but not all of them. Rows have the fields of the
 * HTTP interface; bad rows are passed over and reported.
 */
export async function readJsonl(folder: string, sink: DatasetSink): Promise<DatasetReport> {
  const report = createRowReport();
  const counts = { items: 0, users: 0, feedback: 0 };
  const tables = [
    table('items', parseItemRow, sink.items),
    table('users', parseUserRow, sink.users),
    table('feedback', parseFeedbackRow, sink.feedback),
  ];
  const present = tables.flatMap((one) => {
    const path = [`${one.name}.jsonl`, `${one.name}.jsonl.gz`]
      .map((file) => join(folder, file))
      .find((file) => existsSync(file));
    return path === undefined ? [] : [{ ...one, path }];
  });
  if (present.length === 0)
    throw new SightlineError(
      'SL_DATA_INVALID',
      `folder ${folder} has no items.jsonl, users.jsonl or feedback.jsonl, expected at least one`,
    );
  for (const [i, { name, path, take }] of present.entries()) {
    let line = 0;
    await readLines(path, async (lines, done) => {
      const read = take(lines, (at, problem) => report.skip(path, line + at, problem));
      line += lines.length;
      counts[name] += await read;
      sink.progress?.((i + done) / present.length);
    });
  }
  return report.finish(counts);
}

type Skip = (line: number, problem: { kind: string; detail: string }) => void;

/** One file: its rows are parsed and handed on a block at a time. */
function table<Row, Name extends 'items' | 'users' | 'feedback'>(
  name: Name,
  parse: ParseRow<Row>,
  sink: ((batch: readonly Row[]) => void | Promise<void>) | undefined,
) {
  return {
    name,
    /** Answers how many rows were good. */
    async take(lines: readonly string[], skip: Skip): Promise<number> {
      const rows: Row[] = [];
      for (const [i, text] of lines.entries()) {
        if (text.trim() === '') continue;
        const parsed = parse(text);
        if ('row' in parsed) rows.push(parsed.row);
        else skip(i + 1, parsed);
      }
      if (rows.length > 0) await sink?.(rows);
      return rows.length;
    },
  };
}
