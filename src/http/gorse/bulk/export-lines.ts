import type { Store } from '../../../stores/store.ts';
import { showTotal } from '../feedback-kind.ts';
import { showWholeItem } from '../item-kind.ts';
import type { Namespace } from '../namespace.ts';
import { showWholeUser } from '../user-kind.ts';
import type { RowSink } from './row-sink.ts';
import { walkFeedback, walkRows } from './walk-rows.ts';

/** The rows of a table as JSON lines in Gorse's form, one piece a page; feedback of the future too. */
export async function* exportLines(
  store: Store,
  table: RowSink['table'],
  namespace: Namespace,
): AsyncGenerator<Uint8Array> {
  if (table === 'users')
    for await (const rows of walkRows(store, table, namespace))
      yield toLines(rows.map((user) => showWholeUser(user, namespace)));
  else if (table === 'items')
    for await (const rows of walkRows(store, table, namespace))
      yield toLines(rows.map((item) => showWholeItem(item, namespace)));
  else
    for await (const rows of walkFeedback(store, namespace))
      yield toLines(rows.map((total) => showTotal(total, namespace)));
}

const toLines = (rows: readonly object[]): Uint8Array =>
  Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
