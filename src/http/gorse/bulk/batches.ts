import type { RowSink } from './row-sink.ts';

/** The most rows and bytes of one transaction. Random rows touch most pages of an index: few large ones write each page less often. */
const maxRows = 32_768;
const maxBytes = 16 << 20;

/** How far it was when a batch was closed, and what became of the batch. */
export interface Committed<Mark> {
  readonly mark: Mark;
  readonly rows: number;
  readonly refused: readonly { readonly place: number; readonly message: string }[];
}

/** Rows on their way into a sink, in batches. */
export interface Batches<Row, Mark> {
  readonly isFull: boolean;
  /** `place` is where it came from, for messages; `bytes` how long it was. */
  add(row: Row, place: number, bytes: number): void;
  /** Waits for the batch before, and lets this one go; answers what became of the one before. */
  close(mark: Mark): Promise<Committed<Mark> | undefined>;
  /** Waits for the last one. */
  end(): Promise<Committed<Mark> | undefined>;
}

/** Makes batches, one of which may be on its way while the next one fills. */
export function createBatches<Row, Mark>(
  sink: RowSink<Row>,
  { rowsAtMost = maxRows }: { readonly rowsAtMost?: number | undefined } = {},
): Batches<Row, Mark> {
  let rows: Row[] = [];
  let places: number[] = [];
  let bytes = 0;
  let underWay: Promise<Committed<Mark>> | undefined;
  const end = async () => {
    const before = underWay;
    underWay = undefined;
    return before;
  };

  async function put(batch: readonly Row[], from: readonly number[], mark: Mark) {
    const refused = batch.length === 0 ? [] : await sink.put(batch);
    return {
      mark,
      rows: batch.length - refused.length,
      refused: refused.map(({ at, message }) => ({ place: from[at], message })),
    };
  }

  return {
    get isFull() {
      return rows.length >= rowsAtMost || bytes >= maxBytes;
    },
    add(row, place, size) {
      rows.push(row);
      places.push(place);
      bytes += size;
    },
    async close(mark) {
      const before = await end();
      underWay = put(rows, places, mark);
      // Whoever waits for it hears of a failure; nobody may.
      underWay.catch(() => {});
      rows = [];
      places = [];
      bytes = 0;
      return before;
    },
    end,
  };
}
