import type { FeedbackSelection } from '../domain/feedback.ts';
import type { TotalsOptions } from './store.ts';

/** A statement and the values of its marks. */
export interface Query {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** Every type there is, found by one step in the index for each. */
const types = `WITH RECURSIVE known (type) AS (
  SELECT min(type) FROM feedback WHERE user IS NOT NULL
  UNION ALL
  SELECT (SELECT min(type) FROM feedback WHERE type > known.type AND user IS NOT NULL)
  FROM known WHERE known.type IS NOT NULL
) SELECT type FROM known WHERE type IS NOT NULL`;

/** The query of `Store.feedbackTotals`, with one row more than the limit where there is one. */
export function totalsQuery(which: FeedbackSelection, options: TotalsOptions): Query {
  const { from, untilMs, limit } = options;
  const parts = conditions(which);
  if (from !== undefined) {
    parts.add('(type, user, item) >= (?, ?, ?)', from.type, from.user, from.item);
  }
  if (untilMs !== undefined) parts.add('at_ms <= ?', untilMs);
  const sql = `SELECT total.*, feedback.note FROM (
    SELECT type, user, item, total(value) AS value, min(at_ms) AS first, max(at_ms) AS last, max(seq) AS seq
    FROM feedback WHERE ${parts.sql()} GROUP BY type, user, item ORDER BY type, user, item LIMIT ?
  ) AS total JOIN feedback ON feedback.seq = total.seq ORDER BY 1, 2, 3`;
  return { sql, values: [...parts.values, limit + 1] };
}

/** How many totals the feedback that is meant comes to. */
export function countQuery(which: FeedbackSelection): Query {
  const { sql, values } = conditions(which);
  return {
    sql: `SELECT count(*) AS totals FROM (SELECT 1 FROM feedback WHERE ${sql()} GROUP BY type, user, item)`,
    values,
  };
}

/** Deletes the feedback that is meant. */
export function deleteQuery(which: FeedbackSelection): Query {
  const { sql, values } = conditions(which);
  const condition = sql();
  // Without a condition SQLite drops whole pages.
  const where = condition === 'TRUE' ? '' : ` WHERE ${condition}`;
  return { sql: `DELETE FROM feedback${where}`, values };
}

function conditions({ type, user, item, userPrefix, anonymous = false }: FeedbackSelection) {
  const clauses = anonymous ? [] : ['user IS NOT NULL'];
  const values: (string | number)[] = [];
  const add = (clause: string, ...marks: (string | number)[]) => {
    clauses.push(clause);
    values.push(...marks);
  };
  if (type !== undefined) add('type = ?', type);
  // The index begins with the type, so users alone are found type by type.
  else if (item === undefined && (user !== undefined || userPrefix !== undefined))
    add(`type IN (${types})`);
  if (user !== undefined) add('user = ?', user);
  if (item !== undefined) add('item = ?', item);
  if (userPrefix !== undefined) add('user >= ? AND user < ?', userPrefix, endOfPrefix(userPrefix));
  return { add, values, sql: () => (clauses.length === 0 ? 'TRUE' : clauses.join(' AND ')) };
}

/** Text behind everything that begins with a prefix, which must not be empty and end with a plain character. */
function endOfPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}
