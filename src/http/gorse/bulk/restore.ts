import { isRowMistake } from '../go-json.ts';
import { type Batches, createBatches } from './batches.ts';
import { readMessage } from './dump-messages.ts';
import { type DumpMessage, malformed, readDump } from './dump-stream.ts';
import type { RowSink } from './row-sink.ts';

/** What a restore has put so far. */
export interface Restored {
  users: number;
  items: number;
  feedback: number;
  rejected: number;
}

/**
 * Puts the rows of a dump, batch by batch, and counts them into `restored` as they become durable. Throws
 * `SL_REQUEST_MALFORMED` at the first that cannot be read; what was put before stays.
 */
export async function restoreDump(
  chunks: AsyncIterable<Uint8Array>,
  sinks: Readonly<Record<RowSink['table'], RowSink>>,
  restored: Restored,
): Promise<void> {
  let table: RowSink['table'] = 'users';
  let batches = createBatches<unknown, undefined>(sinks.users);
  const settle = (done: Awaited<ReturnType<Batches<unknown, undefined>['end']>>) => {
    if (done === undefined) return;
    restored[table] += done.rows;
    restored.rejected += done.refused.length;
  };
  const finish = async () => {
    settle(await batches.close(undefined));
    settle(await batches.end());
  };
  try {
    for await (const message of readDump(chunks)) {
      if (message.table !== table) {
        await finish();
        table = message.table;
        batches = createBatches(sinks[table]);
      }
      batches.add(readRow(sinks[table], message), message.position, message.bytes.length);
      if (batches.isFull) settle(await batches.close(undefined));
    }
  } catch (error) {
    settle(await batches.end());
    throw error;
  }
  await finish();
}

function readRow(sink: RowSink, { table, bytes, position }: DumpMessage): unknown {
  try {
    return sink.read(readMessage(table, bytes));
  } catch (error) {
    if (!isRowMistake(error)) throw error;
    throw malformed(`a row of ${table} that cannot be taken: ${error.message}`, position);
  }
}
