import { isUtf8 } from 'node:buffer';
import { type Mistake, SightlineError } from '../../domain/errors.ts';
import type { TableLimits } from './global-table.ts';
import { invalid } from './table-memory.ts';

const lineFeed = 10;
const carriageReturn = 13;
const byteOrderMark = Buffer.from('\ufeff');
/** The most lines that an error names. */
const maxMistakes = 20;

/** The text of a table file. */
export interface TableText {
  readonly file: string;
  readonly bytes: Buffer;
}

/** Takes the bytes of a line, and answers what is wrong with it. */
export type LineVisitor = (start: number, end: number) => string | undefined;

/** Lines of a text. Throws `SL_DATA_INVALID` when they are more than `maxKeys`, or the last one has no end. */
export function countLines({ file, bytes }: TableText, { maxKeys }: TableLimits): number {
  let lines = 0;
  let end = -1;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) {
    lines += 1;
    end = at;
  }
  // A file that was cut in the middle of a number would otherwise be read as another number.
  if (end !== bytes.length - 1)
    throw invalid(file, `is cut: line ${lines + 1} has no end of line at offset ${bytes.length}`);
  if (lines > maxKeys) throw invalid(file, `has ${lines} lines, expected ${maxKeys} at most`);
  return lines;
}

/**
 * Visits every line that is not empty, without its end of line. Throws `SL_DATA_INVALID` that names the first 20 lines
 * with a mistake and says how many there are.
 */
export function visitLines({ file, bytes }: TableText, visit: LineVisitor): void {
  const isText = isUtf8(bytes);
  const mistakes: Mistake[] = [];
  let wrong = 0;
  let line = 1;
  let start = bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
  for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
    const last = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
    const isWrong = !isText && !isUtf8(bytes.subarray(start, last));
    const message = last === start ? undefined : isWrong ? 'is not UTF-8' : visit(start, last);
    if (message !== undefined) {
      wrong += 1;
      if (mistakes.length < maxMistakes) mistakes.push({ path: `line ${line}`, message });
    }
    start = end + 1;
    line += 1;
  }
  if (wrong === 0) return;
  const [first] = mistakes;
  const message = `table file ${file} has ${wrong} wrong lines, the first: ${first.path} ${first.message}`;
  throw new SightlineError('SL_DATA_INVALID', message, { path: file, mistakes });
}
