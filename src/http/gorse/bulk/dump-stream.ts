import { SightlineError } from '../../../domain/errors.ts';
import type { Store } from '../../../stores/store.ts';
import type { Namespace } from '../namespace.ts';
import {
  feedbackMessage,
  itemMessage,
  markerBytes,
  markers,
  userMessage,
} from './dump-messages.ts';
import { maxRowBytes } from './read-lines.ts';
import type { RowSink } from './row-sink.ts';
import { walkFeedback, walkRows } from './walk-rows.ts';

/** All rows of a namespace as Gorse dumps them: users, items, feedback, each message after its length. */
export async function* writeDump(store: Store, namespace: Namespace): AsyncGenerator<Uint8Array> {
  yield markerBytes(markers.users);
  for await (const rows of walkRows(store, 'users', namespace))
    yield Buffer.concat(rows.map((user) => userMessage(user, namespace)));
  yield markerBytes(markers.items);
  for await (const rows of walkRows(store, 'items', namespace))
    yield Buffer.concat(rows.map((item) => itemMessage(item, namespace)));
  yield markerBytes(markers.feedback);
  for await (const rows of walkFeedback(store, namespace))
    yield Buffer.concat(rows.map((total) => feedbackMessage(total, namespace)));
  yield markerBytes(markers.end);
}

/** A message of a dump. */
export interface DumpMessage {
  readonly table: RowSink['table'];
  readonly bytes: Uint8Array;
  /** Where its length stands, in bytes from the begin. */
  readonly position: number;
}

/**
 * The messages of a dump; what follows its end is not looked at. Throws `SL_REQUEST_MALFORMED` with the position for what is no
 * dump, breaks off, or has a message of more than 1 MiB.
 */
export async function* readDump(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<DumpMessage> {
  const reader = createByteReader(chunks);
  let table: RowSink['table'] | undefined;
  for (;;) {
    const { position } = reader;
    const size = Number((await reader.take(8)).readBigInt64LE());
    if (size === markers.end) return;
    if (size < 0) table = tableOf(size, position);
    else if (table === undefined) throw malformed('a message before any marker', position);
    else if (size > maxRowBytes)
      throw malformed(`a message of ${size} bytes, expected at most ${maxRowBytes}`, position);
    else yield { table, bytes: await reader.take(size), position };
  }
}

function tableOf(marker: number, position: number): RowSink['table'] {
  if (marker === markers.users) return 'users';
  if (marker === markers.items) return 'items';
  if (marker === markers.feedback) return 'feedback';
  throw malformed(`the marker ${marker}, expected -1, -2 or -3`, position);
}

interface ByteReader {
  /** Bytes taken so far. */
  readonly position: number;
  take(size: number): Promise<Buffer>;
}

function createByteReader(chunks: AsyncIterable<Uint8Array>): ByteReader {
  const source = chunks[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  let position = 0;
  async function fill(size: number): Promise<void> {
    const parts: Uint8Array[] = [rest];
    for (let length = rest.length; length < size; ) {
      const { value, done } = await source.next();
      if (done) throw malformed(`its end, expected ${size - length} bytes more`, position + length);
      parts.push(value);
      length += value.length;
    }
    rest = Buffer.concat(parts);
  }
  return {
    get position() {
      return position;
    },
    async take(size) {
      if (rest.length < size) await fill(size);
      const taken = rest.subarray(0, size);
      rest = rest.subarray(size);
      position += size;
      return taken;
    },
  };
}

/** The error of a dump that cannot be read. */
export function malformed(what: string, position: number): SightlineError {
  return new SightlineError('SL_REQUEST_MALFORMED', `dump has ${what}, at byte ${position}`);
}
