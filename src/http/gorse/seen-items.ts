import type { Gateway } from '../../gateway.ts';

/** The most totals of feedback that are read, and left out, for one request. */
const maxSeen = 10_000;

/** Items that a user has any feedback on until a time, the first 10,000 triples of type, user and item; ids as stored. */
export async function seenItems(
  { store }: Pick<Gateway, 'store'>,
  user: string,
  untilMs: number,
): Promise<string[]> {
  const { rows } = await store.feedbackTotals({ user }, { untilMs, limit: maxSeen });
  return [...new Set(rows.map(({ item }) => item))];
}
