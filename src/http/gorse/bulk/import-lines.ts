import { SightlineError } from '../../../domain/errors.ts';
import { isRowMistake } from '../go-json.ts';
import { type Committed, createBatches } from './batches.ts';
import { maxRowBytes, readLines } from './read-lines.ts';
import type { RowSink } from './row-sink.ts';

/** The most mistakes that an answer lists. */
const maxMistakes = 100;

/** How far an import is: everything up to line `Lines` is durable, or was rejected. */
export interface Progress {
  readonly Lines: number;
  readonly RowAffected: number;
  readonly Rejected: number;
}

/** A line that was not taken. */
export interface LineMistake {
  readonly Line: number;
  readonly Message: string;
}

/** An import that goes on while its progress is asked for, one batch at a time. */
export interface Import {
  readonly progress: AsyncGenerator<Progress>;
  /** The first 100, in order of lines within a batch. */
  readonly mistakes: readonly LineMistake[];
  /** What is durable so far. */
  readonly done: Progress;
}

/**
 * Takes JSON lines into a sink, batch by batch: the next one is read while one is being written. A bad line is reported and
 * passed over, and an empty one is nothing. Lines before `from` are counted alone.
 */
export function importLines<Row>(
  chunks: AsyncIterable<Uint8Array>,
  {
    sink,
    from,
    rowsAtMost,
  }: {
    readonly sink: RowSink<Row>;
    readonly from: number;
    readonly rowsAtMost?: number | undefined;
  },
): Import {
  const mistakes: LineMistake[] = [];
  let done: Progress = { Lines: 0, RowAffected: 0, Rejected: 0 };
  let line = 0;
  let rejected = 0;
  const reject = (Line: number, Message: string) => {
    rejected += 1;
    if (mistakes.length < maxMistakes) mistakes.push({ Line, Message });
  };
  const settle = ({ mark, rows, refused }: Committed<Progress>): Progress => {
    for (const { place, message } of refused) reject(place, message);
    done = {
      Lines: mark.Lines,
      RowAffected: done.RowAffected + rows,
      Rejected: Math.max(rejected, mark.Rejected),
    };
    return done;
  };

  async function* run(): AsyncGenerator<Progress> {
    const batches = createBatches<Row, Progress>(sink, { rowsAtMost });
    const mark = () => ({ Lines: line, RowAffected: 0, Rejected: rejected });
    try {
      for await (const lines of readLines(chunks)) {
        for (const text of lines) {
          line += 1;
          if (line < from || isBlank(text)) continue;
          try {
            batches.add(sink.read(parseRow(text)), line, text.length);
          } catch (error) {
            if (!isRowMistake(error)) throw error;
            reject(line, error.message);
          }
          if (!batches.isFull) continue;
          const before = await batches.close(mark());
          if (before !== undefined) yield settle(before);
        }
      }
    } catch (error) {
      // The batch that is under way will be durable: it is told of.
      const last = await batches.end();
      if (last !== undefined) settle(last);
      throw error;
    }
    const before = await batches.close(mark());
    if (before !== undefined) yield settle(before);
    const last = await batches.end();
    if (last !== undefined) yield settle(last);
  }

  return {
    progress: run(),
    mistakes,
    get done() {
      return done;
    },
  };
}

function parseRow(text: string): unknown {
  if (text.length > maxRowBytes)
    throw mistake(`is too long, expected at most ${maxRowBytes} bytes`);
  try {
    return JSON.parse(text);
  } catch {
    throw mistake('is not JSON');
  }
}

const mistake = (message: string) => new SightlineError('SL_REQUEST_INVALID', message);

const isBlank = (text: string) => text.length < 8 && text.trim() === '';
