/** Events kept of one session. */
export const sessionCapacity = 50;

/** Events of a block, by kind of block: most sessions are short, and move to larger ones as they grow. */
const blockSizes = [4, 8, 16, 32, sessionCapacity] as const;
/** Blocks that are allocated in one go. */
const blocksPerChunk = 256;

/** The session so far: items in the order they happened. */
export interface Session {
  /** Dense item indices, oldest first. */
  readonly items: Int32Array;
  /** Epoch milliseconds of each event. */
  readonly atMs: Float64Array;
  readonly count: number;
}

interface Chunk {
  readonly items: Int32Array;
  readonly atMs: Float64Array;
}

/**
 * The events of sessions, numbered from 0, in columns that many share: 12 bytes an event, and no object for the collector to
 * visit.
 */
export class SessionEvents {
  readonly #shelves = blockSizes.map((size) => new Shelf(size));
  #count = new Uint8Array(blocksPerChunk);
  /** Which kind of block, and which one of that kind. */
  #kind = new Uint8Array(blocksPerChunk);
  #block = new Int32Array(blocksPerChunk);

  /** Copies what a session has. */
  read(session: number): Session {
    const count = this.#count[session];
    const [{ items, atMs }, begin] = this.#find(session);
    return {
      items: items.slice(begin, begin + count),
      atMs: atMs.slice(begin, begin + count),
      count,
    };
  }

  /** Begins a session without events; the number is at most one more than any before. */
  begin(session: number): void {
    if (session >= this.#count.length) {
      this.#count = doubled(this.#count);
      this.#kind = doubled(this.#kind);
      this.#block = doubled(this.#block);
    }
    this.#count[session] = 0;
    this.#kind[session] = 0;
    this.#block[session] = this.#shelves[0].take();
  }

  /** Gives the room of a session back. */
  end(session: number): void {
    this.#shelves[this.#kind[session]].give(this.#block[session]);
  }

  /**
   * Puts an event in its place by time, once for each item and time; of more than 50 the oldest leave. O(1) where it is
   * the latest.
   */
  insert(session: number, item: number, atMs: number): void {
    const count = this.#count[session];
    if (count === blockSizes[this.#kind[session]] && count < sessionCapacity) this.#grow(session);
    const [{ items, atMs: times }, begin] = this.#find(session);
    let place = begin + count;
    while (place > begin && times[place - 1] > atMs) place -= 1;
    // An import that is repeated tells nothing new.
    for (let at = place - 1; at >= begin && times[at] === atMs; at--)
      if (items[at] === item) return;
    if (count < sessionCapacity) {
      if (place < begin + count) {
        items.copyWithin(place + 1, place, begin + count);
        times.copyWithin(place + 1, place, begin + count);
      }
      this.#count[session] = count + 1;
    } else if (place === begin) {
      return;
    } else {
      place -= 1;
      items.copyWithin(begin, begin + 1, place + 1);
      times.copyWithin(begin, begin + 1, place + 1);
    }
    items[place] = item;
    times[place] = atMs;
  }

  #find(session: number): readonly [chunk: Chunk, begin: number] {
    return this.#shelves[this.#kind[session]].find(this.#block[session]);
  }

  #grow(session: number): void {
    const [{ items, atMs }, begin] = this.#find(session);
    const end = begin + this.#count[session];
    this.end(session);
    this.#kind[session] += 1;
    this.#block[session] = this.#shelves[this.#kind[session]].take();
    const [to, at] = this.#find(session);
    to.items.set(items.subarray(begin, end), at);
    to.atMs.set(atMs.subarray(begin, end), at);
  }
}

/** Blocks of one size. */
class Shelf {
  readonly #size: number;
  readonly #chunks: Chunk[] = [];
  readonly #free: number[] = [];
  #used = 0;

  constructor(size: number) {
    this.#size = size;
  }

  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#used === this.#chunks.length * blocksPerChunk) {
      const events = blocksPerChunk * this.#size;
      this.#chunks.push({ items: new Int32Array(events), atMs: new Float64Array(events) });
    }
    return this.#used++;
  }

  give(block: number): void {
    this.#free.push(block);
  }

  /** The chunk that has a block, and where it begins there. */
  find(block: number): readonly [chunk: Chunk, begin: number] {
    const place = block % blocksPerChunk;
    return [this.#chunks[(block - place) / blocksPerChunk], place * this.#size];
  }
}

/** A column with the same begin and twice the length. */
export function doubled<Column extends Uint8Array | Int32Array>(column: Column): Column {
  const longer = new (column.constructor as new (length: number) => Column)(column.length * 2);
  longer.set(column);
  return longer;
}
