import type { Feedback } from '../../domain/feedback.ts';
import type { Store } from '../../stores/store.ts';
import type { FeatureFetcher } from '../algorithm.ts';
import { historyBits } from '../history.ts';
import { FailedReadError } from './user-features.ts';

/** Items of a user's history that are read; the rest is as if it had not been. */
const maxItems = 10_000;

/** How the history of users is read. */
export interface HistoryOptions {
  /** What feedback says, by the rules that models learn by. */
  readonly kindOf: (event: Pick<Feedback, 'type' | 'value'>) => keyof typeof historyBits;
  /** Feedback so much later than now already counts. */
  readonly aheadMs: number;
}

/**
 * Reads what the user has ever done, from the feedback that the store keeps; what came in the last second may be
 * missing, as the session has that.
 */
export function userHistory(
  store: Pick<Store, 'name' | 'feedbackTotals'>,
  { kindOf, aheadMs }: HistoryOptions,
): FeatureFetcher {
  return {
    name: 'history',
    fetch({ request: { user }, nowMs, table, history }) {
      if (user === undefined) return undefined;
      const options = { untilMs: nowMs + aheadMs, limit: maxItems, mayLag: true };
      return store.feedbackTotals({ user }, options).then(
        ({ rows }) => {
          for (const { item, type, value } of rows)
            history.add(table.indexOf(item), historyBits[kindOf({ type, value })]);
        },
        (cause) => {
          throw new FailedReadError(store.name, 'unavailable', cause);
        },
      );
    },
  };
}
