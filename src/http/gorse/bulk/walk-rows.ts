import type { FeedbackTotal, FeedbackTriple } from '../../../domain/feedback.ts';
import type { Rows, Store } from '../../../stores/store.ts';
import type { Namespace } from '../namespace.ts';

/** Rows of a page: a few milliseconds of the event loop. */
const pageRows = 1000;

/**
 * All users or items of a namespace in order of id, page by page. A row that is there from begin to end is given once, whatever
 * else comes and goes meanwhile.
 */
export async function* walkRows<Table extends 'users' | 'items'>(
  store: Store,
  table: Table,
  { range }: Namespace,
): AsyncGenerator<readonly Rows[Table][]> {
  let after: string | undefined;
  do {
    const { rows, next } = await store.scan(table, { ...range, after, limit: pageRows });
    yield rows;
    after = next;
  } while (after !== undefined);
}

/** All feedback of a namespace in order of type, user and item, page by page, in the same way. */
export async function* walkFeedback(
  store: Store,
  { prefix }: Namespace,
): AsyncGenerator<readonly FeedbackTotal[]> {
  const which = prefix === '' ? {} : { userPrefix: prefix };
  let from: FeedbackTriple | undefined;
  do {
    const mayLag = from !== undefined;
    const { rows, next } = await store.feedbackTotals(which, { from, mayLag, limit: pageRows });
    yield rows;
    from = next;
  } while (from !== undefined);
}
