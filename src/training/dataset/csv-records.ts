/** The longest record, in characters. */
const maxRecordLength = 1_000_000;

/** A record of a file, or why there is none at a line. */
export type CsvRecord =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly problem: string };

/** Takes the lines of a file and makes records of them; a quoted field may hold line ends. */
export interface CsvRecords {
  /** Answers the records that end in these lines; empty lines between records are none. */
  take(lines: readonly string[]): CsvRecord[];
  /** Answers what is left where the file ends within a quoted field. */
  end(): CsvRecord[];
}

/**
 * Reads records as RFC 4180 has them: fields between delimiters, quoted ones between double quotes in which a doubled
 * quote is one. A quote that is never closed spoils its own line alone: reading goes on behind it. A record of more than
 * a million characters counts as one such.
 *
 * @example createCsvRecords().take(['a,"b ""c"", d"']) // [{ line: 1, fields: ['a', 'b "c", d'] }]
 */
export function createCsvRecords(delimiter = ','): CsvRecords {
  let pending: string[] = [];
  let pendingLength = 0;
  let line = 0;
  const add = (text: string, records: CsvRecord[]): void => {
    line += 1;
    if (pending.length === 0 && text === '') return;
    pending.push(text);
    pendingLength += text.length;
    // A quote of a record that began before closes it: only lines with one are looked at whole.
    if (pending.length > 1 && !text.includes('"') && pendingLength <= maxRecordLength) return;
    const first = line - pending.length + 1;
    const fields = fieldsOf(pending.join('\n'), delimiter);
    if (fields === 'open' && pendingLength <= maxRecordLength) return;
    if (!Array.isArray(fields)) {
      giveUp(records);
      return;
    }
    records.push({ line: first, fields });
    pending = [];
    pendingLength = 0;
  };
  /** Passes the first line of what is pending over, and reads the rest again. */
  const giveUp = (records: CsvRecord[]): void => {
    const [, ...rest] = pending;
    line -= rest.length;
    records.push({ line, problem: 'row has a quote that is not closed, or text behind one' });
    pending = [];
    pendingLength = 0;
    for (const text of rest) add(text, records);
  };
  return {
    take(lines) {
      const records: CsvRecord[] = [];
      for (const text of lines) add(text, records);
      return records;
    },
    end() {
      const records: CsvRecord[] = [];
      while (pending.length > 0) giveUp(records);
      return records;
    },
  };
}

/** The fields of a text; `open` where it ends within quotes, `bad` where text follows a closed quote. */
function fieldsOf(text: string, delimiter: string): string[] | 'open' | 'bad' {
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at);
      fields.push(text.slice(at, end < 0 ? undefined : end));
      if (end < 0) return fields;
      at = end + delimiter.length;
      continue;
    }
    let field = '';
    for (at += 1; ; at += 2) {
      const end = text.indexOf('"', at);
      if (end < 0) return 'open';
      field += text.slice(at, end);
      at = end;
      if (text[end + 1] !== '"') break;
      field += '"';
    }
    fields.push(field);
    at += 1;
    if (at === text.length) return fields;
    if (!text.startsWith(delimiter, at)) return 'bad';
    at += delimiter.length;
  }
}
